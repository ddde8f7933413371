// Converts whatever colors a file holds to sRGB.
#pragma once

#include "image/vips_guard.h"

namespace genga::image {

/// What a file says of its samples beside their number and type.
struct SampleMeaning {
  int alpha = 0;             // which of the channels behind the colors is transparency; -1: none is
  bool srgb_floats = false;  // floats are sRGB values, 0 black, 1 white; else linear light
};

/// How many channels behind colors and alpha to_srgb() leaves out: spot colors, saved selections.
int extra_channels(VipsImage* src, const SampleMeaning& meaning);

/// 3 bands sRGB, or 4 with alpha; 8 bits per sample if src has them, else 16. Embedded profiles are honoured unless
/// broken; one that means sRGB anyway leaves every sample as it is. Throws Error: kUnsupported, kCorruptData.
ImagePtr to_srgb(VipsImage* src, const SampleMeaning& meaning = {});

/// One grey band of 16 bits, transparent parts black. For masks.
ImagePtr to_grey16(VipsImage* srgb);

}  // namespace genga::image
