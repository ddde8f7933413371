// Non-local means for color images. Source: Buades, Coll, Morel 2005, "A non-local algorithm for image denoising";
// window means, fixed-point weights and the split into lightness and color (8-bit Lab of samples taken as linear) as
// OpenCV's fastNlMeansDenoisingColored, whose parameters the AnimeGANv3 presets use.
#pragma once

#include "genga/image.h"

namespace genga::filters {

struct NlMeansOptions {
  double luma_strength = 5;   // h of L, in 8-bit units: larger removes more
  double color_strength = 6;  // h of a and b together
  int template_px = 5;        // window that is compared; even sizes count as the next odd
  int search_px = 7;          // window that is averaged over
};

/// Cost: about 30 ms for 256 x 256 with a search window of 7; independent of template_px.
image::Image nl_means(const image::Image& src, const NlMeansOptions& options);

}  // namespace genga::filters
