// Superpixels of about equal size by k-means in color and place. Source: Achanta et al. 2012, "SLIC superpixels
// compared to state-of-the-art superpixel methods", algorithm 1; seeds, color scale and joining of fragments as in
// scikit-image, which the White-box preset is written for.
#pragma once

#include "filters/regions/regions.h"
#include "genga/image.h"

namespace genga::filters {

struct SlicOptions {
  int count = 200;          // wanted; the result has about as many
  double compactness = 10;  // Lab units that weigh as much as one seed distance: larger means squarer
  double sigma = 1;         // of the blur of the Lab image beforehand, in pixels
  int iterations = 10;
};

/// Cost: about 30 ms for 256 x 256.
Regions slic(const image::Image& src, const SlicOptions& options);

}  // namespace genga::filters
