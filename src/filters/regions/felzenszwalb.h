// Graph-based segmentation. Source: Felzenszwalb, Huttenlocher 2004, "Efficient graph-based image segmentation",
// algorithm 1; parameters mean what they mean in scikit-image, which the methods' presets are written for.
#pragma once

#include "filters/regions/regions.h"
#include "genga/image.h"

namespace genga::filters {

struct FelzenszwalbOptions {
  double scale = 5;    // k of the paper, for colors in 0..255: larger means larger regions
  double sigma = 0.8;  // of the blur beforehand, in pixels
  int min_px = 50;     // smaller regions are merged into the neighbour of nearest color
};

/// Cost: about 12 ms for 256 x 256.
Regions segment(const image::Image& src, const FelzenszwalbOptions& options);

}  // namespace genga::filters
