// One float channel: sampling, reduction, box mean, Sobel gradient.
#include "eval/measures/plane.h"

#include <algorithm>
#include <cmath>

namespace genga::eval {

float Plane::clamped(int x, int y) const {
  return at(std::clamp(x, 0, width - 1), std::clamp(y, 0, height - 1));
}

float Plane::sample(float x, float y) const {
  x = std::clamp(x, 0.0F, static_cast<float>(width - 1));
  y = std::clamp(y, 0.0F, static_cast<float>(height - 1));
  const int x0 = std::min(static_cast<int>(x), std::max(0, width - 2));
  const int y0 = std::min(static_cast<int>(y), std::max(0, height - 2));
  const int x1 = std::min(x0 + 1, width - 1);
  const int y1 = std::min(y0 + 1, height - 1);
  const float fx = x - static_cast<float>(x0);
  const float fy = y - static_cast<float>(y0);
  const float top = at(x0, y0) + fx * (at(x1, y0) - at(x0, y0));
  const float bottom = at(x0, y1) + fx * (at(x1, y1) - at(x0, y1));
  return top + fy * (bottom - top);
}

Plane channel(const image::Image& image, int index) {
  Plane plane(image.width, image.height);
  for (std::size_t i = 0; i < plane.values.size(); ++i) {
    plane.values[i] = static_cast<float>(image.rgb[3 * i + static_cast<std::size_t>(index)]) / 255;
  }
  return plane;
}

Plane luma(const image::Image& image) {
  Plane plane(image.width, image.height);
  for (std::size_t i = 0; i < plane.values.size(); ++i) {
    const std::uint8_t* rgb = &image.rgb[3 * i];
    plane.values[i] = (0.299F * static_cast<float>(rgb[0]) + 0.587F * static_cast<float>(rgb[1]) +
                       0.114F * static_cast<float>(rgb[2])) /
                      255;
  }
  return plane;
}

Plane shrink(const Plane& src, int factor) {
  Plane dst((src.width + factor - 1) / factor, (src.height + factor - 1) / factor);
  for (int y = 0; y < dst.height; ++y) {
    for (int x = 0; x < dst.width; ++x) {
      const int x1 = std::min(src.width, (x + 1) * factor);
      const int y1 = std::min(src.height, (y + 1) * factor);
      double sum = 0;
      for (int v = y * factor; v < y1; ++v) {
        for (int u = x * factor; u < x1; ++u) sum += src.at(u, v);
      }
      dst.at(x, y) = static_cast<float>(sum / ((x1 - x * factor) * (y1 - y * factor)));
    }
  }
  return dst;
}

Plane box_mean(const Plane& src, int radius) {
  const int w = src.width;
  const int h = src.height;
  std::vector<double> sums(static_cast<std::size_t>(w + 1) * (h + 1), 0.0);  // of all pixels above and to the left
  const auto sum = [&](int x, int y) -> double& { return sums[static_cast<std::size_t>(y) * (w + 1) + x]; };
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      sum(x + 1, y + 1) = src.at(x, y) + sum(x, y + 1) + sum(x + 1, y) - sum(x, y);
    }
  }
  Plane dst(w, h);
  for (int y = 0; y < h; ++y) {
    const int y0 = std::max(0, y - radius);
    const int y1 = std::min(h, y + radius + 1);
    for (int x = 0; x < w; ++x) {
      const int x0 = std::max(0, x - radius);
      const int x1 = std::min(w, x + radius + 1);
      const double total = sum(x1, y1) - sum(x0, y1) - sum(x1, y0) + sum(x0, y0);
      dst.at(x, y) = static_cast<float>(total / ((x1 - x0) * (y1 - y0)));
    }
  }
  return dst;
}

Plane gradient_length(const Plane& src) {
  Plane dst(src.width, src.height);
  for (int y = 0; y < src.height; ++y) {
    for (int x = 0; x < src.width; ++x) {
      const auto p = [&](int dx, int dy) { return src.clamped(x + dx, y + dy); };
      const float gx = p(1, -1) + 2 * p(1, 0) + p(1, 1) - p(-1, -1) - 2 * p(-1, 0) - p(-1, 1);
      const float gy = p(-1, 1) + 2 * p(0, 1) + p(1, 1) - p(-1, -1) - 2 * p(0, -1) - p(1, -1);
      dst.at(x, y) = std::hypot(gx, gy) / 8;
    }
  }
  return dst;
}

}  // namespace genga::eval
