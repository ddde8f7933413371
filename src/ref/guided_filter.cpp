// Source: He, Sun, Tang, "Guided Image Filtering", ECCV 2010; per channel, windows clipped at borders.
#include <algorithm>

#include "ref/ops.h"

namespace genga::ref {
namespace {

using Plane = std::vector<double>;  // [H,W]

/// Mean over the window of 2*radius+1 around each pixel, divided by the pixels that are inside the image.
Plane box_mean(const Plane& src, std::int64_t height, std::int64_t width, std::int64_t radius) {
  Plane dst;
  dst.reserve(src.size());
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      double sum = 0;
      double count = 0;
      for (std::int64_t wy = std::max<std::int64_t>(0, y - radius); wy <= std::min(height - 1, y + radius); ++wy) {
        for (std::int64_t wx = std::max<std::int64_t>(0, x - radius); wx <= std::min(width - 1, x + radius); ++wx) {
          sum += src[static_cast<std::size_t>(wy * width + wx)];
          count += 1;
        }
      }
      dst.push_back(sum / count);
    }
  }
  return dst;
}

Plane product(const Plane& a, const Plane& b) {
  Plane dst(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) dst[i] = a[i] * b[i];
  return dst;
}

Plane filter_plane(const ir::GuidedFilter& op, const Plane& guide, const Plane& src, std::int64_t height,
                   std::int64_t width) {
  const auto mean = [&](const Plane& plane) { return box_mean(plane, height, width, op.radius); };
  const Plane mean_x = mean(guide);
  const Plane mean_y = mean(src);
  const Plane mean_xy = mean(product(guide, src));
  const Plane mean_xx = mean(product(guide, guide));
  Plane a(guide.size());
  Plane b(guide.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = (mean_xy[i] - mean_x[i] * mean_y[i]) / (mean_xx[i] - mean_x[i] * mean_x[i] + static_cast<double>(op.eps));
    b[i] = mean_y[i] - a[i] * mean_x[i];
  }
  const Plane mean_a = mean(a);
  const Plane mean_b = mean(b);
  Plane dst(guide.size());
  for (std::size_t i = 0; i < dst.size(); ++i) dst[i] = mean_a[i] * guide[i] + mean_b[i];
  return dst;
}

}  // namespace

Array guided_filter(const ir::GuidedFilter& op, const Array& guide, const Array& src) {
  const ir::Shape& s = src.shape;
  const std::int64_t size = s.h * s.w;
  Array dst{s, {}};
  dst.values.reserve(src.values.size());
  for (std::int64_t plane = 0; plane < s.n * s.c; ++plane) {
    const auto cut = [&](const Array& array) {
      const auto first = array.values.begin() + plane * size;
      return Plane(first, first + size);
    };
    for (const double value : filter_plane(op, cut(guide), cut(src), s.h, s.w)) {
      dst.values.push_back(static_cast<float>(value));
    }
  }
  return dst;
}

}  // namespace genga::ref
