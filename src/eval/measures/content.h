// How much of the photo is still in the result. Both measures are 1 for the photo itself and near 0 for an image that
// has nothing to do with it.
#pragma once

#include "eval/measures/plane.h"

namespace genga::eval {

/// Edges: the contrast-structure term of SSIM on gradient lengths at half size, over windows of 7 x 7 pixels, each
/// weighted by the edges that either image has there. Source: Chen et al. 2006, "Gradient-based structural
/// similarity", ICIP. Requires: planes of one size.
double edge_preservation(const Plane& photo, const Plane& result);

/// Light and dark areas: the contrast-structure term of SSIM at 1/16 size over windows of 5 x 5 pixels. A change of
/// brightness alone costs nothing. Source: Wang et al. 2004, equations 9 and 10. Requires: planes of one size.
double structure_preservation(const Plane& photo, const Plane& result);

}  // namespace genga::eval
