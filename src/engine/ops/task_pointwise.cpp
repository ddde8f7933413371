// Steps that keep the image's geometry: pointwise, border copies, plain copies.
#include <algorithm>

#include "engine/ops/padded_vector.h"
#include "engine/ops/task.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

class PointwiseTask : public Task {
 public:
  PointwiseTask(const PointwiseStep& pointwise, const TaskSetup& setup)
      : src_(setup.src[0]),
        dst_(setup.dst),
        epilogue_(setup.step.epilogue, setup.residual),
        scale_(padded(pointwise.scale, dst_)),
        shift_(padded(pointwise.shift, dst_)) {}

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const std::int64_t c = block * dst_.block_channels;
      const float* scale = scale_.empty() ? nullptr : scale_.data() + c;
      const float* shift = shift_.empty() ? nullptr : shift_.data() + c;
      epilogue_.apply(row, src + src_.offset(block, y), scale, shift, block, y, dst_.shape.w, context.data);
    });
  }

 private:
  View src_, dst_;
  RowEpilogue epilogue_;
  std::vector<float> scale_, shift_;
};

/// The same for planes, where a row has one scale and one shift.
class PlanarPointwiseTask : public Task {
 public:
  PlanarPointwiseTask(const PointwiseStep& pointwise, const TaskSetup& setup)
      : pointwise_(pointwise),
        src_(setup.src[0]),
        dst_(setup.dst),
        residual_(setup.residual),
        first_curve_(curve_of(setup.step.epilogue.first)),
        second_curve_(curve_of(setup.step.epilogue.second)),
        first_slope_(slope_of(setup.step.epilogue.first)),
        second_slope_(slope_of(setup.step.epilogue.second)) {}

  bool may_replace_residual() const override { return first_curve_ == Curve::kNone; }

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t plane, std::int64_t y, float* row) {
      const auto c = static_cast<std::size_t>(plane);
      const float scale = pointwise_.scale.empty() ? 1.F : pointwise_.scale[c];
      const float shift = pointwise_.shift.empty() ? 0.F : pointwise_.shift[c];
      const float* from = src + src_.offset(plane, y);
      const float* add = residual_ ? context.data[residual_->value] + residual_->offset(plane, y) : nullptr;
      if (first_curve_ != Curve::kNone) {
        for (std::int64_t x = 0; x < dst_.shape.w; ++x) row[x] = from[x] * scale + shift;
        kernels().curve(row, dst_.shape.w, first_curve_);
        finish(row, row, add, 1, 0);
      } else {
        finish(row, from, add, scale, shift);
      }
      if (second_curve_ != Curve::kNone) kernels().curve(row, dst_.shape.w, second_curve_);
    });
  }

 private:
  /// Scale, first slope, sum, second slope in one sweep, since the row may be the residual's.
  void finish(float* row, const float* from, const float* add, float scale, float shift) const {
    const auto sloped = [](float value, float slope) { return value > 0.F ? value : value * slope; };
    for (std::int64_t x = 0; x < dst_.shape.w; ++x) {
      float value = sloped(from[x] * scale + shift, first_slope_);
      if (add != nullptr) value += add[x];
      row[x] = sloped(value, second_slope_);
    }
  }

  const PointwiseStep& pointwise_;
  View src_, dst_;
  std::optional<View> residual_;
  Curve first_curve_, second_curve_;
  float first_slope_, second_slope_;
};

class PadTask : public Task {
 public:
  explicit PadTask(const TaskSetup& setup) : src_(setup.src[0]), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const float* from = src + src_.offset(block, y);
      std::copy(from, from + dst_.shape.w * dst_.block_channels, row);
    });
  }

 private:
  View src_, dst_;
};

class CopyTask : public Task {
 public:
  explicit CopyTask(const TaskSetup& setup) : src_(setup.src[0]), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    std::copy(src, src + dst_.size(), context.data[dst_.value]);
  }

 private:
  View src_, dst_;
};

}  // namespace

TaskPtr make_task(const PointwiseStep& pointwise, const TaskSetup& setup) {
  if (setup.dst.block_channels == 1) return std::make_unique<PlanarPointwiseTask>(pointwise, setup);
  return std::make_unique<PointwiseTask>(pointwise, setup);
}
TaskPtr make_task(const PadStep&, const TaskSetup& setup) {
  return std::make_unique<PadTask>(setup);
}
TaskPtr make_task(const CopyStep&, const TaskSetup& setup) {
  return std::make_unique<CopyTask>(setup);
}

}  // namespace genga::engine
