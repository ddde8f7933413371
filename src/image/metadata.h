// Metadata (EXIF, XMP, IPTC, resolution), carried from a photo's file to the image made of it.
#pragma once

#include <string>

#include "genga/image.h"
#include "image/vips_guard.h"

namespace genga::image {

/// Header fields, held by a libvips image of one pixel, because libvips copies fields from image to image.
class Metadata {
 public:
  explicit Metadata(ImagePtr fields) : fields_(std::move(fields)) {}
  VipsImage* fields() const { return fields_.get(); }

 private:
  ImagePtr fields_;
};

/// EXIF (without thumbnail), XMP, IPTC and resolution of src.
MetadataPtr copy_metadata(VipsImage* src);
/// Sets the fields on dst for a saver: orientation 1, sRGB profile, the comment where `format` keeps one.
void attach_metadata(VipsImage* dst, const Metadata* metadata, const std::string& comment, std::string_view format);

}  // namespace genga::image
