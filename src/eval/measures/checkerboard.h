// The pattern that transposed convolutions and pixel shuffles leave behind. Source: Odena et al. 2016, "Deconvolution
// and checkerboard artifacts", Distill.
#pragma once

#include "eval/measures/plane.h"

namespace genga::eval {

/// Root mean square, in 8-bit levels, of what repeats every 2 or 4 pixels in luma: the power at these frequencies (in
/// windows of 32 x 32 pixels) less what the frequencies around them let expect. A photo has about 0; 0.3 can be seen in
/// flat areas. 0 for images smaller than a window.
double checkerboard_levels(const Plane& luma);

}  // namespace genga::eval
