// A rectangle of an image, resized to the network's crop.
#pragma once

#include <cstdint>
#include <span>

#include "genga/image.h"

namespace genga::filters {

/// A square of `side` px with its top left corner at (x, y), in pixels of the image.
struct Crop {
  int x = 0, y = 0, side = 0;
  bool flip = false;  // left to right
};

/// The crop as crop_px x crop_px image; triangle filter widened by the reduction (what Pillow and PyTorch call
/// antialiased bilinear), so stroke edges neither alias nor ring.
/// Requires: the crop lies inside the image.
image::Image cut(const image::Image& src, const Crop& crop, int crop_px);

/// u8 interleaved to f32 planar in [-1,1]. dst: 3 planes of the image's size.
void to_planar(const image::Image& src, std::span<float> dst);
/// The reverse; values outside are clipped, what is no number becomes black.
image::Image from_planar(std::span<const float> src, int width, int height);

}  // namespace genga::filters
