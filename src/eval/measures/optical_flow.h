// Dense optical flow: where each pixel of one frame is in another. Source: Kroeger et al. 2016, "Fast optical flow
// using dense inverse search", arXiv 1603.03590, without the variational refinement.
#pragma once

#include "eval/measures/plane.h"

namespace genga::eval {

/// Pixel (x, y) of the first frame is at (x + u, y + v) of the second.
struct OpticalFlow {
  Plane u, v;
};

/// In pixels. Deterministic. Requires: planes of one size. Takes about 0.1 s at 512 x 288.
OpticalFlow dense_flow(const Plane& from, const Plane& to);

/// 1 where the flow can be trusted: going there and back ends at the start, and motion does not tear (Ruder et al.
/// 2016, arXiv 1604.08610, equations 5 and 6). there: from the frame the mask is for, back: from the other frame.
Plane trusted(const OpticalFlow& there, const OpticalFlow& back);

/// Backward warping: pixel (x, y) is src at (x + u, y + v), bilinear.
Plane warp(const Plane& src, const OpticalFlow& flow);

}  // namespace genga::eval
