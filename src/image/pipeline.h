// An image file as a libvips pipeline that gives upright sRGB rows of the wanted size when they are read. All readers
// of this module begin with it.
#pragma once

#include "image/open_source.h"

namespace genga::image {

struct Pipeline {
  ImagePtr image;  // sRGB, 3 or 4 bands, 8 or 16 bits; meant to be read once, from top to bottom
  Info info;
  MetadataPtr metadata;
};

/// Reads the header, checks limits, builds the pipeline; pixels are decoded when they are read.
/// Throws Error as RowReader does, naming the file.
Pipeline open_pipeline(const EncodedImage& source, const ReadOptions& options);

}  // namespace genga::image
