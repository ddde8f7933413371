// What a TIFF file says of its pages and samples, and libvips does not pass on.
#pragma once

#include <span>

#include "image/color/color.h"

namespace genga::image {

struct TiffFacts {
  int page = 0;     // the first that is no thumbnail of another
  int n_pages = 1;  // without thumbnails and masks
  SampleMeaning samples{};
};

/// Throws Error kUnsupported for samples that have no meaning as an image: half floats, signed and complex numbers,
/// inks other than CMYK.
TiffFacts tiff_facts(std::span<const unsigned char> bytes);

}  // namespace genga::image
