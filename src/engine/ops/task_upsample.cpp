// Upsampling by an integer factor; where samples lie is decided once per axis.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/kernels/isa.h"
#include "engine/ops/task.h"

namespace genga::engine {
namespace {

/// Source position of destination pixel i on an axis of n source pixels (algorithms: see ir::Upsample).
double source_position(std::int64_t i, std::int64_t n, const ir::Upsample& op) {
  const auto x = static_cast<double>(i);
  const auto factor = static_cast<double>(op.factor);
  switch (op.mode) {
    case ir::UpsampleMode::kNearest:
      return std::floor(x / factor);
    case ir::UpsampleMode::kAsymmetric:
      return x / factor;
    case ir::UpsampleMode::kHalfPixel:
      return std::max(0.0, (x + 0.5) / factor - 0.5);
    case ir::UpsampleMode::kAlignCorners:
      return n == 1 ? 0.0 : x * static_cast<double>(n - 1) / (factor * static_cast<double>(n) - 1);
  }
  return 0;
}

/// Neighbours and weight of the right (lower) one, per destination pixel.
struct Axis {
  std::vector<std::int32_t> left, right;
  std::vector<float> right_weight;

  Axis(std::int64_t n, const ir::Upsample& op) {
    for (std::int64_t i = 0; i < n * op.factor; ++i) {
      const double position = source_position(i, n, op);
      const std::int64_t first = std::min(static_cast<std::int64_t>(position), n - 1);
      left.push_back(static_cast<std::int32_t>(first));
      right.push_back(static_cast<std::int32_t>(std::min(first + 1, n - 1)));
      right_weight.push_back(static_cast<float>(position - static_cast<double>(first)));
    }
  }
};

class UpsampleTask : public Task {
 public:
  UpsampleTask(const UpsampleStep& upsample, const TaskSetup& setup)
      : op_(upsample.op),
        src_(setup.src[0]),
        dst_(setup.dst),
        x_axis_(src_.shape.w, op_),
        y_axis_(src_.shape.h, op_),
        lines_(dst_.block_channels == 1 ? src_.shape.w * std::int64_t{sizeof(float)} : 0) {}

  std::int64_t scratch_bytes() const override { return lines_.bytes(); }

  void run(const RunContext& context) override {
    make_rows(dst_, context.data[dst_.value],
              [&](std::int64_t block, std::int64_t y, float* row) { make_row(context, block, y, row); });
  }

 private:
  float* line_of_thread(const RunContext& context) const {
    return reinterpret_cast<float*>(lines_.of_thread(context.scratch));
  }

  void make_row(const RunContext& context, std::int64_t block, std::int64_t y, float* row) const {
    const float* src = context.data[src_.value];
    const auto i = static_cast<std::size_t>(y);
    const float* upper = src + src_.offset(block, y_axis_.left[i]);
    if (op_.mode == ir::UpsampleMode::kNearest) {
      kernels().repeat(row, upper, src_.shape.w, op_.factor);
      return;
    }
    const float* lower = src + src_.offset(block, y_axis_.right[i]);
    if (dst_.block_channels == 1)
      return blend_plane(upper, lower, y_axis_.right_weight[i], line_of_thread(context), row);
    kernels().blend(row, dst_.shape.w,
                    {upper, lower, y_axis_.right_weight[i], x_axis_.left.data(), x_axis_.right.data(),
                     x_axis_.right_weight.data()});
  }

  /// Kernels of whole blocks do not fit planes: a line between two rows first, then along it.
  void blend_plane(const float* upper, const float* lower, float weight, float* line, float* row) const {
    for (std::int64_t x = 0; x < src_.shape.w; ++x) line[x] = upper[x] + (lower[x] - upper[x]) * weight;
    for (std::size_t x = 0; x < x_axis_.left.size(); ++x) {
      const float left = line[x_axis_.left[x]];
      row[x] = left + (line[x_axis_.right[x]] - left) * x_axis_.right_weight[x];
    }
  }

  ir::Upsample op_;
  View src_, dst_;
  Axis x_axis_, y_axis_;
  ThreadScratch lines_;  // for planes: a line of the source
};

}  // namespace

TaskPtr make_task(const UpsampleStep& upsample, const TaskSetup& setup) {
  return std::make_unique<UpsampleTask>(upsample, setup);
}

}  // namespace genga::engine
