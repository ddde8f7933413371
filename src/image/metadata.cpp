// Copies EXIF, XMP, IPTC and resolution from a photo to the image made of it, but for what is not true of the image.
#include "image/metadata.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace genga::image {
namespace {

bool is_carried(std::string_view field) noexcept {
  // exif-ifd1 and the thumbnail show the unchanged photo; the color profile no longer applies.
  if (field.starts_with("exif-ifd1")) return false;
  if (field.starts_with("exif-") || field.starts_with("png-comment-")) return true;
  constexpr std::array<std::string_view, 5> kFields{VIPS_META_XMP_NAME, VIPS_META_IPTC_NAME, VIPS_META_RESOLUTION_UNIT,
                                                    VIPS_META_IMAGEDESCRIPTION, VIPS_META_PHOTOSHOP_NAME};
  return std::find(kFields.begin(), kFields.end(), field) != kFields.end();
}

// Called by libvips for each field. Nothing here may throw: comparisons and libvips' own calls do not.
void* copy_field(VipsImage*, const char* field, GValue* value, void* dst) noexcept {
  if (is_carried(field)) vips_image_set(static_cast<VipsImage*>(dst), field, value);
  return nullptr;
}

bool has(VipsImage* image, const char* field) {
  return vips_image_get_typeof(image, field) != 0;
}

// XMP may repeat EXIF's orientation. The digit is replaced in place, since the packet's length is part of it.
void reset_xmp_orientation(VipsImage* image) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (!has(image, VIPS_META_XMP_NAME) || vips_image_get_blob(image, VIPS_META_XMP_NAME, &data, &size) != 0) return;
  std::string xmp(static_cast<const char*>(data), size);
  for (std::string_view name : {"tiff:Orientation=\"", "tiff:Orientation='", "<tiff:Orientation>"}) {
    for (std::size_t at = xmp.find(name); at != std::string::npos; at = xmp.find(name, at + 1)) {
      char& digit = xmp[std::min(at + name.size(), xmp.size() - 1)];
      if (digit >= '1' && digit <= '8') digit = '1';
    }
  }
  vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, xmp.data(), xmp.size());
}

void attach_srgb(VipsImage* image) {
  VipsBlob* profile = nullptr;
  if (vips_profile_load("srgb", &profile, nullptr) != 0 || profile == nullptr) {
    fail_vips(ErrorCode::kInternal, "libvips has no sRGB profile");
  }
  std::size_t size = 0;
  const void* data = vips_blob_get(profile, &size);
  vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, data, size);
  vips_area_unref(VIPS_AREA(profile));
}

void set_text(VipsImage* image, const char* field, const std::string& text) {
  vips_image_set_string(image, field, text.c_str());
}

// A caption in the photo is kept; then the comment goes only into the fields that people do not write by hand.
void attach_comment(VipsImage* image, const std::string& comment, std::string_view format) {
  if (comment.empty()) return;
  if (format == "png") {
    set_text(image, "png-comment-900-Comment", comment);
  } else if (format == "tiff") {
    if (!has(image, VIPS_META_IMAGEDESCRIPTION)) set_text(image, VIPS_META_IMAGEDESCRIPTION, comment);
  }
  if (!has(image, "exif-ifd0-ImageDescription")) set_text(image, "exif-ifd0-ImageDescription", comment);
  set_text(image, "exif-ifd2-UserComment", comment);
}

}  // namespace

MetadataPtr copy_metadata(VipsImage* src) {
  ImagePtr fields = make_image("cannot copy metadata", [](VipsImage** dst) { return vips_black(dst, 1, 1, nullptr); });
  ImagePtr own = make_image("cannot copy metadata", [&](VipsImage** dst) {
    return vips_copy(fields.get(), dst, "xres", vips_image_get_xres(src), "yres", vips_image_get_yres(src), nullptr);
  });
  vips_image_map(src, copy_field, own.get());
  return std::make_shared<const Metadata>(std::move(own));
}

void attach_metadata(VipsImage* dst, const Metadata* metadata, const std::string& comment, std::string_view format) {
  attach_srgb(dst);
  if (metadata != nullptr) vips_image_map(metadata->fields(), copy_field, dst);
  vips_image_remove(dst, VIPS_META_ORIENTATION);
  vips_image_set_int(dst, VIPS_META_ORIENTATION, 1);
  reset_xmp_orientation(dst);
  if (has(dst, "exif-ifd2-ColorSpace")) set_text(dst, "exif-ifd2-ColorSpace", "1");
  attach_comment(dst, comment, format);
}

}  // namespace genga::image
