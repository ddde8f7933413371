// A map from color to color, planar: what convolutions of 1x1 would hold at full size stays in registers.
#include "engine/kernels/isa.h"
#include "engine/ops/task.h"

namespace genga::engine {
namespace {

class ColorMapTask : public Task {
 public:
  ColorMapTask(const ColorMapStep& map, const TaskSetup& setup) : map_(map), src_(setup.src[0]), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    parallel_for(dst_.shape.h, [&](std::int64_t y) {
      ColorMapLine line{.units = map_.units.data(),
                        .n_units = static_cast<int>(map_.units.size() / kColorUnit),
                        .bias = map_.bias.data()};
      for (std::int64_t c = 0; c < 3; ++c) {
        line.src[c] = context.data[src_.value] + src_.offset(c, y);
        line.dst[c] = context.data[dst_.value] + dst_.offset(c, y);
      }
      kernels().color_map(dst_.shape.w, line);
    });
  }

 private:
  const ColorMapStep& map_;
  View src_, dst_;
};

}  // namespace

TaskPtr make_task(const ColorMapStep& map, const TaskSetup& setup) {
  return std::make_unique<ColorMapTask>(map, setup);
}

}  // namespace genga::engine
