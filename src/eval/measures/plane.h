// One channel of an image as numbers, and the few filters the measures need. All borders are clamped or clipped, as
// each function says.
#pragma once

#include <cstddef>
#include <vector>

#include "genga/image.h"

namespace genga::eval {

struct Plane {
  int width = 0, height = 0;
  std::vector<float> values{};

  Plane() = default;
  Plane(int w, int h) : width(w), height(h), values(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  float& at(int x, int y) { return values[static_cast<std::size_t>(y) * width + x]; }
  float at(int x, int y) const { return values[static_cast<std::size_t>(y) * width + x]; }
  /// The nearest pixel for positions outside.
  float clamped(int x, int y) const;
  /// Bilinear between pixel centres; positions outside are clamped.
  float sample(float x, float y) const;
};

/// Channel 0..2 of the image, 0..1.
Plane channel(const image::Image& image, int index);
/// 0.299 R + 0.587 G + 0.114 B of the gamma-coded values, 0..1.
Plane luma(const image::Image& image);

/// Mean over blocks of factor x factor; a last block may be smaller.
Plane shrink(const Plane& src, int factor);
/// Mean over windows of 2 radius + 1, clipped at borders and divided by their true count.
Plane box_mean(const Plane& src, int radius);
/// Length of the Sobel gradient, in units of src per pixel.
Plane gradient_length(const Plane& src);

}  // namespace genga::eval
