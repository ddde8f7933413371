// Enlarging, and moving pixels between channels and places.

#include <algorithm>
#include <cmath>

#include "ref/ops.h"

namespace genga::ref {
namespace {

/// The two source positions that destination position i mixes, and how much of the second.
struct Tap {
  std::int64_t low = 0;
  std::int64_t high = 0;
  double weight = 0;
};

Tap tap_at(const ir::Upsample& op, std::int64_t i, std::int64_t src_length) {
  const double f = op.factor;
  const auto dst = static_cast<double>(i);
  const auto length = static_cast<double>(src_length);
  double position = 0;
  switch (op.mode) {
    case ir::UpsampleMode::kNearest:
      position = std::floor(dst / f);
      break;
    case ir::UpsampleMode::kAsymmetric:
      position = dst / f;
      break;
    case ir::UpsampleMode::kHalfPixel:
      position = std::max(0.0, (dst + 0.5) / f - 0.5);
      break;
    case ir::UpsampleMode::kAlignCorners:
      position = f * length > 1 ? dst * (length - 1) / (f * length - 1) : 0;
      break;
  }
  const auto low = std::min(static_cast<std::int64_t>(position), src_length - 1);
  return {low, std::min(low + 1, src_length - 1), position - static_cast<double>(low)};
}

}  // namespace

Array upsample(const ir::Upsample& op, const Array& src, const ir::Shape& shape) {
  const ir::Shape& s = src.shape;
  Array dst{shape, {}};
  dst.values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t c = 0; c < shape.c; ++c) {
      for (std::int64_t y = 0; y < shape.h; ++y) {
        for (std::int64_t x = 0; x < shape.w; ++x) {
          const Tap v = tap_at(op, y, s.h);
          const Tap h = tap_at(op, x, s.w);
          const auto value = [&](std::int64_t sy, std::int64_t sx) -> double {
            return src.values[at(s, n, c, sy, sx)];
          };
          const double top = value(v.low, h.low) * (1 - h.weight) + value(v.low, h.high) * h.weight;
          const double bottom = value(v.high, h.low) * (1 - h.weight) + value(v.high, h.high) * h.weight;
          dst.values.push_back(static_cast<float>(top * (1 - v.weight) + bottom * v.weight));
        }
      }
    }
  }
  return dst;
}

Array pixel_shuffle(const ir::PixelShuffle& op, const Array& src, const ir::Shape& shape) {
  const std::int64_t f = op.factor;
  Array dst{shape, {}};
  dst.values.reserve(src.values.size());
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t c = 0; c < shape.c; ++c) {
      for (std::int64_t y = 0; y < shape.h; ++y) {
        for (std::int64_t x = 0; x < shape.w; ++x) {
          const std::int64_t src_channel = c * f * f + y % f * f + x % f;
          dst.values.push_back(src.values[at(src.shape, n, src_channel, y / f, x / f)]);
        }
      }
    }
  }
  return dst;
}

Array pixel_unshuffle(const ir::PixelUnshuffle& op, const Array& src, const ir::Shape& shape) {
  const std::int64_t f = op.factor;
  Array dst{shape, {}};
  dst.values.reserve(src.values.size());
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t c = 0; c < shape.c; ++c) {
      const std::int64_t dy = c % (f * f) / f;
      const std::int64_t dx = c % f;
      for (std::int64_t y = 0; y < shape.h; ++y) {
        for (std::int64_t x = 0; x < shape.w; ++x) {
          dst.values.push_back(src.values[at(src.shape, n, c / (f * f), y * f + dy, x * f + dx)]);
        }
      }
    }
  }
  return dst;
}

}  // namespace genga::ref
