// What a viewer sees at 100 %: how sharp edges are, whether thin structures survive, how flat the areas between are.
#pragma once

#include <vector>

#include "eval/measures/plane.h"

namespace genga::eval {

/// Widths in pixels of the photo's strong edges, in the photo and at the same place in the result.
struct EdgeWidths {
  std::vector<float> photo, result;
};
/// An edge: a ridge of gradient length where luma changes by 0.2 or more along the normal within 5 pixels to either
/// side and the edge runs straight. Its width is the distance between 10 % and 90 % of the rise (ISO 12233 calls it
/// edge spread). Edges that have less than half of their contrast in the result are left out.
/// Planes of one size, 0..1.
EdgeWidths edge_widths(const Plane& photo, const Plane& result);

/// Points of thin structures: dark or bright lines of at most 4 pixels that stand out by 0.1 or more and run straight:
/// wires, branches, railings, strokes of letters.
struct ThinPoints {
  double all = 0, kept = 0;
};
/// Kept: within a pixel the result has a line of the same sign and of half the contrast. Planes of one size, 0..1.
ThinPoints thin_points(const Plane& photo, const Plane& result);

/// Fraction of pixels whose gradient is below 1.5 of 255 levels a pixel.
double flat_fraction(const Plane& luma);

/// Median of the values; 0 for none. The order of the values changes.
double median(std::vector<float>& values);

}  // namespace genga::eval
