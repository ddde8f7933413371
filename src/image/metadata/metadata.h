// Metadata (EXIF, XMP, IPTC, resolution), carried from a photo's file to the image made of it.
#pragma once

#include <string>

#include "genga/image.h"
#include "image/metadata/xmp.h"
#include "image/vips_guard.h"

namespace genga::image {

/// Header fields, held by a libvips image of one pixel, because libvips copies fields from image to image.
class Metadata {
 public:
  Metadata(ImagePtr fields, const Geometry& geometry) : fields_(std::move(fields)), geometry_(geometry) {}
  VipsImage* fields() const { return fields_.get(); }
  const Geometry& geometry() const { return geometry_; }

 private:
  ImagePtr fields_;
  Geometry geometry_;
};

/// EXIF (without thumbnails and maker notes), XMP, IPTC and resolution of src.
MetadataPtr copy_metadata(VipsImage* src, const Geometry& geometry);
/// Sets the fields on dst for a saver, so that they are true of it: what was of the photo only is left out, sizes and
/// orientation are the image's. The comment goes where `format` keeps one and nobody has written.
void attach_metadata(VipsImage* dst, const Metadata* metadata, const std::string& comment, std::string_view format);

}  // namespace genga::image
