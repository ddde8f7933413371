// Sizes: which one is meant, and getting there.
#pragma once

#include "genga/image.h"
#include "image/vips_guard.h"

namespace genga::image {

/// How an image of one size becomes another: resized to width x height, of which the middle final_* is kept.
struct ResizePlan {
  int width = 0, height = 0;
  int final_width = 0, final_height = 0;
};

/// Throws Error: kInvalidArgument (negative size).
ResizePlan plan_resize(int width, int height, const TargetSize& target);
/// Factor by which a JPEG may be shrunk while decoding, leaving at least a factor of two to the better filter.
int jpeg_shrink(int width, int height, const ResizePlan& plan);
/// Lanczos-3, alpha-weighted. src: sRGB of 8 or 16 bits, or grey.
ImagePtr apply_resize(VipsImage* src, const ResizePlan& plan);

}  // namespace genga::image
