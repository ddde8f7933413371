// Images that tests draw.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "eval/measures/numbers.h"
#include "eval/measures/plane.h"

namespace genga::eval {

/// Grey image of value(x, y), 0..1.
inline image::Image draw(int width, int height, const std::function<double(double, double)>& value) {
  image::Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double v = std::clamp(value(x, y), 0.0, 1.0);
      image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(std::lround(255 * v)));
    }
  }
  return image;
}

/// Smooth blobs of many sizes, the same everywhere on the plane, so that it can be moved by parts of a pixel.
inline double texture(double x, double y) {
  return 0.5 + 0.14 * std::sin(0.31 * x + 0.17 * y) + 0.12 * std::sin(0.23 * y - 0.11 * x + 1) +
         0.12 * std::sin(0.071 * x + 0.057 * y + 2) + 0.1 * std::sin(0.53 * x - 0.47 * y) * std::sin(0.037 * x);
}

/// Boxes and discs with hard edges: a simple scene, different for each seed.
inline image::Image scene(int side, std::uint64_t seed) {
  Numbers numbers(seed);
  struct Shape {
    double x, y, radius, value;
    bool disc;
  };
  std::vector<Shape> shapes;
  for (int i = 0; i < 40; ++i) {
    shapes.push_back({side * numbers.uniform(), side * numbers.uniform(), side * (0.03 + 0.12 * numbers.uniform()),
                      numbers.uniform(), numbers.uniform() < 0.5});
  }
  return draw(side, side, [&](double x, double y) {
    double value = 0.5;
    for (const Shape& s : shapes) {
      const double dx = std::abs(x - s.x);
      const double dy = std::abs(y - s.y);
      if (s.disc ? std::hypot(dx, dy) < s.radius : std::max(dx, dy) < s.radius) value = s.value;
    }
    return value;
  });
}

inline image::Image blurred(const image::Image& image, int radius) {
  const Plane grey = box_mean(box_mean(channel(image, 0), radius), radius);
  return draw(image.width, image.height,
              [&](double x, double y) { return grey.at(static_cast<int>(x), static_cast<int>(y)); });
}

}  // namespace genga::eval
