// Style images with blurred contours. Discriminators are trained to reject them, so that the generator draws sharp
// contours. Source: Chen, Lai, Liu 2018, "CartoonGAN", sec. 3.2.1; constants as AnimeGAN's tools/edge_smooth.py.
#pragma once

#include "genga/image.h"

namespace genga::filters {

/// Grey, Canny(100, 200), dilated by 5x5; there, and only there, a 5x5 Gaussian of sigma 1.1.
image::Image smooth_edges(const image::Image& src);

}  // namespace genga::filters
