// Converts whatever colors a file holds to sRGB.
#pragma once

#include "image/vips_guard.h"

namespace genga::image {

/// 3 bands sRGB, or 4 with alpha; 8 bits per sample if src has them, else 16. Embedded profiles are honoured unless
/// broken; one that means sRGB anyway leaves every sample as it is. Throws Error: kUnsupported, kCorruptData.
ImagePtr to_srgb(VipsImage* src);

/// One grey band of 16 bits, transparent parts black. For masks.
ImagePtr to_grey16(VipsImage* srgb);

}  // namespace genga::image
