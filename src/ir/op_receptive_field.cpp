// How far each op looks: what receptive_field() adds up.

#include <algorithm>

#include "genga/error.h"
#include "genga/overloaded.h"
#include "ir/op_rules.h"

namespace genga::ir {

const char* global_reason(const Op& op) {
  return std::visit(overloaded{
                        [](const InstanceNorm&) { return "uses whole-image statistics"; },
                        [](const LayerNorm&) { return "uses whole-image statistics"; },
                        [](const Lade&) { return "uses whole-image statistics"; },
                        [](const Lin&) { return "uses whole-image statistics"; },
                        [](const AdaLin&) { return "uses whole-image statistics"; },
                        [](const ExternalAttention& o) {
                          return o.stored ? static_cast<const char*>(nullptr) : "compares all pixels of the image";
                        },
                        [](const GlobalPool&) { return "looks at the whole image"; },
                        [](const GaussianMixture&) { return "reads a latent vector, not an image"; },
                        [](const Linear&) { return "looks at the whole image"; },
                        [](const Reshape&) { return "rearranges the whole image"; },
                        [](const Upsample& o) {
                          return o.mode == UpsampleMode::kAlignCorners ? "samples relative to the image's size"
                                                                       : static_cast<const char*>(nullptr);
                        },
                        [](const auto&) { return static_cast<const char*>(nullptr); },
                    },
                    op);
}

namespace {

Interval widened(Interval src, double low, double high) {
  return {src.step, src.low + low, src.high + high};
}

Interval upsampled(Interval src, const Upsample& o) {
  const double step = src.step / o.factor;
  const double f = o.factor;
  // src positions of dst i, relative to i/f, in src pixels: lowest tap and highest tap over all phases.
  switch (o.mode) {
    case UpsampleMode::kNearest:
      return {step, src.low - src.step * (f - 1) / f, src.high};
    case UpsampleMode::kAsymmetric:
      return {step, src.low - src.step * (f - 1) / f, src.high + src.step * (f - 1) / f};
    case UpsampleMode::kHalfPixel:
    case UpsampleMode::kAlignCorners:
      return {step, src.low - src.step, src.high + src.step};
  }
  return src;
}

Interval joined(std::span<const Interval> src) {
  Interval all = src[0];
  for (const Interval& s : src) {
    if (all.step == 0) all.step = s.step;
    if (s.step != all.step && s.step != 0)
      fail(ErrorCode::kInvalidArgument, "sources are at different scales of the input");
    all.low = std::min(all.low, s.low);
    all.high = std::max(all.high, s.high);
  }
  return all;
}

}  // namespace

Interval interval_of(const Op& op, std::span<const Interval> src) {
  return std::visit(
      overloaded{
          [](const Input&) { return Interval{}; },
          [&](const Conv2d& o) {
            const Interval& s = src[0];
            const int before = std::max(o.pad[0], o.pad[1]), after = std::max(o.pad[2], o.pad[3]);
            int low = -before, high = o.kernel - 1 - std::min(o.pad[0], o.pad[1]);
            // What is reflected lies as far inside as the padding reaches outside, from the image's last result too.
            if (o.pad_mode != PadMode::kZero) {
              low = std::min(low, o.kernel - 1 - before - 2 * after);
              high = std::max(high, before);
            }
            Interval dst = widened(s, low * s.step, high * s.step);
            dst.step = s.step * o.stride;
            return dst;
          },
          [&](const ConvTranspose2d& o) {
            const double unit = src[0].step / o.stride;
            Interval dst = widened(src[0], -unit * (o.kernel - 1 - o.pad), unit * o.pad);
            dst.step = unit;
            return dst;
          },
          [&](const Upsample& o) { return upsampled(src[0], o); },
          [&](const PixelShuffle& o) {
            return Interval{src[0].step / o.factor, src[0].low - src[0].step * (o.factor - 1) / o.factor, src[0].high};
          },
          [&](const PixelUnshuffle& o) {
            return Interval{src[0].step * o.factor, src[0].low, src[0].high + src[0].step * (o.factor - 1)};
          },
          [&](const Pool2d& o) {
            Interval dst = widened(src[0], -o.pad * src[0].step, (o.kernel - 1 - o.pad) * src[0].step);
            dst.step = src[0].step * o.stride;
            return dst;
          },
          [&](const Blur& o) {
            Interval dst = widened(src[0], -src[0].step, src[0].step);
            dst.step = src[0].step * o.stride;
            return dst;
          },
          [&](const GlobalPool&) { return Interval{.step = 0, .low = src[0].low, .high = src[0].high}; },
          [&](const GuidedFilter& o) {
            const Interval s = joined(src);
            return widened(s, -2 * o.radius * s.step, 2 * o.radius * s.step);
          },
          [&](const auto&) { return joined(src); },
      },
      op);
}

}  // namespace genga::ir
