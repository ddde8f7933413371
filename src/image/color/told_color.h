// What colors mean where no ICC profile says it: PNG's chunks, EXIF's color space, the code points of HEIF.
#pragma once

#include <span>
#include <string>

#include "image/vips_guard.h"

namespace genga::image {

struct ToldColor {
  std::string profile{};  // an ICC profile made of what the file says; empty: it says sRGB, or nothing
  int frames = 1;         // an animated PNG's
  bool sequence = false;  // HEIF that holds more images, nobody says how many
};

/// bytes: the file; header: as libvips reads it, without a profile. Throws Error kUnsupported for HDR (PQ and HLG).
ToldColor told_color(std::span<const unsigned char> bytes, VipsImage* header);

}  // namespace genga::image
