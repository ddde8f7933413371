// Planar f32 images and the two things most filters begin with: a Gaussian blur and CIE Lab.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "genga/image.h"

namespace genga::filters {

/// Three planes of width*height values, one after the other.
struct Planes {
  int width = 0, height = 0;
  std::vector<float> values{};

  std::size_t size() const { return static_cast<std::size_t>(width) * height; }
  std::span<float> plane(int c) { return std::span(values).subspan(size() * c, size()); }
  std::span<const float> plane(int c) const { return std::span(values).subspan(size() * c, size()); }
};

/// RGB in 0..1.
Planes to_planes(const image::Image& src);

enum class Transfer { kSrgb, kLinear };  // how samples stand for light; kLinear: as some filters' sources take it

/// CIE 1976 L*a*b* of sRGB's primaries under D65: L 0..100, a and b about -128..127.
Planes to_lab(const image::Image& src, Transfer transfer = Transfer::kSrgb);
/// Lab to 0..255, rounded; colors outside of sRGB are clipped.
image::Image from_lab(const Planes& lab, Transfer transfer = Transfer::kSrgb);

/// Window of +-4 sigma, normalized; the border is mirrored with the edge pixel repeated.
/// (SciPy's gaussian_filter, which the segmentation papers' parameters are tuned to.)
Planes gaussian_blur(const Planes& src, double sigma);

}  // namespace genga::filters
