// A coarse description of a crop: lightness, colors and detail in each cell of a grid; for finding style crops that are
// similar to a photo crop.
#pragma once

#include <array>

#include "genga/image.h"

namespace genga::loader {

/// Per cell of a kSimilarityCells x kSimilarityCells grid, 0..255: mean luma, mean blue and red difference, and the
/// mean step between neighbours, as logarithm, since a painting has a photo's detail in fewer edges.
inline constexpr int kSimilarityCells = 4;
struct SimilarityCell {
  float luma = 0, blue = 0, red = 0, detail = 0;
};
using Similarity = std::array<SimilarityCell, std::size_t{kSimilarityCells} * kSimilarityCells>;

/// image: RGB u8, at least kSimilarityCells pixels a side.
Similarity similarity_of(const image::Image& image);
/// 0 for the same. Symmetric.
double distance(const Similarity& a, const Similarity& b);

}  // namespace genga::loader
