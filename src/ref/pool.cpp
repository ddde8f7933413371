// Pooling and the low-pass before subsampling.

#include <algorithm>
#include <cmath>
#include <limits>

#include "genga/reflect.h"
#include "ref/ops.h"

namespace genga::ref {
namespace {

struct Window {
  std::int64_t top, bottom, left, right;  // bottom and right are beyond the last
};

/// Largest or mean value of a window of one channel, which lies inside the image.
float pooled(ir::PoolKind kind, const Array& src, std::int64_t n, std::int64_t c, const Window& window) {
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0;
  for (std::int64_t y = window.top; y < window.bottom; ++y) {
    for (std::int64_t x = window.left; x < window.right; ++x) {
      const double value = src.values[at(src.shape, n, c, y, x)];
      largest = std::max(largest, value);
      sum += value;
    }
  }
  const auto count = static_cast<double>((window.bottom - window.top) * (window.right - window.left));
  return static_cast<float>(kind == ir::PoolKind::kMax ? largest : sum / count);
}

/// dst(n, c, y, x) = make(n, c, y, x).
template <class Make>
Array make_array(const ir::Shape& shape, const Make& make) {
  Array dst{shape, {}};
  dst.values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t c = 0; c < shape.c; ++c) {
      for (std::int64_t y = 0; y < shape.h; ++y) {
        for (std::int64_t x = 0; x < shape.w; ++x) dst.values.push_back(make(n, c, y, x));
      }
    }
  }
  return dst;
}

}  // namespace

Array pool(const ir::Pool2d& op, const Array& src, const ir::Shape& shape) {
  const ir::Shape& s = src.shape;
  return make_array(shape, [&](std::int64_t n, std::int64_t c, std::int64_t y, std::int64_t x) {
    const std::int64_t top = y * op.stride - op.pad;
    const std::int64_t left = x * op.stride - op.pad;
    return pooled(op.kind, src, n, c,
                  {std::max<std::int64_t>(top, 0), std::min(top + op.kernel, s.h), std::max<std::int64_t>(left, 0),
                   std::min(left + op.kernel, s.w)});
  });
}

Array global_pool(const ir::GlobalPool& op, const Array& src, const ir::Shape& shape) {
  return make_array(shape, [&](std::int64_t n, std::int64_t c, std::int64_t, std::int64_t) {
    return pooled(op.kind, src, n, c, {0, src.shape.h, 0, src.shape.w});
  });
}

Array blur(const ir::Blur& op, const Array& src, const ir::Shape& shape) {
  const ir::Shape& s = src.shape;
  const auto weight = [](std::int64_t offset) { return offset == 0 ? 0.5 : 0.25; };
  return make_array(shape, [&](std::int64_t n, std::int64_t c, std::int64_t y, std::int64_t x) {
    double sum = 0;
    for (std::int64_t dy = -1; dy <= 1; ++dy) {
      for (std::int64_t dx = -1; dx <= 1; ++dx) {
        const std::int64_t from_y = reflect(y * op.stride + dy, s.h);
        const std::int64_t from_x = reflect(x * op.stride + dx, s.w);
        sum += weight(dy) * weight(dx) * static_cast<double>(src.values[at(s, n, c, from_y, from_x)]);
      }
    }
    return static_cast<float>(sum);
  });
}

}  // namespace genga::ref
