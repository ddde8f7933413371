// Steps that keep the picture's geometry: pointwise, border copies, plain copies.
#include <algorithm>

#include "engine/epilogue.h"
#include "engine/padded_vector.h"
#include "engine/task.h"

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

  void run(const Frame& frame) override {
    const float* src = frame.data[src_.value];
    make_rows(dst_, frame.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const std::int64_t c = block * dst_.lanes;
      const float* scale = scale_.empty() ? nullptr : scale_.data() + c;
      const float* shift = shift_.empty() ? nullptr : shift_.data() + c;
      epilogue_.apply(row, src + src_.offset(block, y), scale, shift, block, y, dst_.shape.w, frame.data);
    });
  }

 private:
  View src_, dst_;
  RowEpilogue epilogue_;
  std::vector<float> scale_, shift_;
};

class PadTask : public Task {
 public:
  explicit PadTask(const TaskSetup& setup) : src_(setup.src[0]), dst_(setup.dst) {}

  void run(const Frame& frame) override {
    const float* src = frame.data[src_.value];
    make_rows(dst_, frame.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const float* from = src + src_.offset(block, y);
      std::copy(from, from + dst_.shape.w * dst_.lanes, row);
    });
  }

 private:
  View src_, dst_;
};

class CopyTask : public Task {
 public:
  explicit CopyTask(const TaskSetup& setup) : src_(setup.src[0]), dst_(setup.dst) {}

  void run(const Frame& frame) override {
    const float* src = frame.data[src_.value];
    std::copy(src, src + dst_.size(), frame.data[dst_.value]);
  }

 private:
  View src_, dst_;
};

}  // namespace

TaskPtr make_task(const PointwiseStep& pointwise, const TaskSetup& setup) {
  return std::make_unique<PointwiseTask>(pointwise, setup);
}
TaskPtr make_task(const PadStep&, const TaskSetup& setup) {
  return std::make_unique<PadTask>(setup);
}
TaskPtr make_task(const CopyStep&, const TaskSetup& setup) {
  return std::make_unique<CopyTask>(setup);
}

}  // namespace genga::engine
