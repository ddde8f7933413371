// An image file as a lazy libvips pipeline of upright sRGB rows in the wanted size; what every reader here begins
// with.
#pragma once

#include "image/open_source.h"

namespace genga::image {

struct Pipeline {
  ImagePtr image;  // sRGB, 3 or 4 bands, 8 or 16 bits; meant to be read once, from top to bottom
  Info info;
  MetadataPtr metadata;
};

/// Reads the header, checks limits, builds the pipeline; pixels are decoded when they are read.
/// Throws as ReadOptions' users promise, naming the source.
Pipeline open_pipeline(const EncodedImage& source, const ReadOptions& options);

}  // namespace genga::image
