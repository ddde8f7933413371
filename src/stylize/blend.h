// Blends style and photo: strength, the photo's colors, a mask.
#pragma once

#include <cstdint>
#include <span>

#include "stylize/plain_colors.h"

namespace genga::stylize {

struct BlendOptions {
  float strength = 1;  // 0: the photo, 1: the style
  // 0: the style's colors, 1: the photo's hue and chroma, and on plain areas its lightness
  float keep_color = 0;
};

/// One row: turns `style` (RGB or RGBA, in place) into the result. Alpha is the photo's. mask: one value a pixel, or
/// empty. Pixels whose strength times mask is 0 are the photo's bit for bit.
void blend_row(std::span<const std::uint16_t> photo, std::span<std::uint16_t> style, std::span<const float> mask,
               int channels, const BlendOptions& options, const PlainColors& plain = {});

}  // namespace genga::stylize
