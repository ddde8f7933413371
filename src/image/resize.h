// Which size an image gets (TargetSize), and resizing to it.
#pragma once

#include "genga/image.h"
#include "image/vips_guard.h"

namespace genga::image {

/// An image is resized to width x height, then final_width x final_height from left, top on are kept.
struct ResizePlan {
  int width = 0, height = 0;
  int final_width = 0, final_height = 0;
  int left = 0, top = 0;
  bool crops() const { return width != final_width || height != final_height; }
};

/// Throws Error: kInvalidArgument (negative size).
ResizePlan plan_resize(int width, int height, const TargetSize& target);
/// The small whole image that aim() looks at.
TargetSize small_look(const ResizePlan& plan);
/// The plan with the part kept that draws the eye. small: of small_look()'s size, sRGB.
ResizePlan aim(ResizePlan plan, VipsImage* small);
/// Factor (1, 2, 4, 8) by which a JPEG is shrunk while it is decoded; at least a factor of 2 is left to Lanczos-3.
int jpeg_shrink(int width, int height, const ResizePlan& plan);
/// Lanczos-3, alpha-weighted. src: sRGB of 8 or 16 bits, or grey.
ImagePtr apply_resize(VipsImage* src, const ResizePlan& plan);

}  // namespace genga::image
