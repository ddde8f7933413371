// What a crop shows, coarsely: where it is light, where it is detailed, which colours; for finding style crops that go
// with a photo crop.
#pragma once

#include <array>

#include "genga/image.h"

namespace genga::data {

/// Per cell of a kLikenessCells x kLikenessCells grid, 0..255: mean luma, mean blue and red difference, and the mean
/// step between neighbours, as logarithm, since a painting has a photo's detail in fewer edges.
inline constexpr int kLikenessCells = 4;
struct LikenessCell {
  float luma = 0, blue = 0, red = 0, detail = 0;
};
using Likeness = std::array<LikenessCell, std::size_t{kLikenessCells} * kLikenessCells>;

/// picture: RGB u8, at least kLikenessCells pixels a side.
Likeness likeness_of(const image::Image& picture);
/// 0 for the same. Symmetric.
double distance(const Likeness& a, const Likeness& b);

}  // namespace genga::data
