// Copies EXIF, XMP, IPTC and resolution from a photo to the image made of it, but for what is not true of the image.
#include "image/metadata/metadata.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "image/metadata/exif.h"
#include "image/metadata/fields.h"
#include "image/metadata/photoshop.h"

namespace genga::image {
namespace {

bool is_carried(std::string_view field) noexcept {
  if (!is_true_of_copy(field)) return false;
  // ImageMagick's copies of whole EXIF and Photoshop blocks, with their thumbnails.
  if (field.starts_with("png-comment-")) return field.find("Raw profile type") == std::string_view::npos;
  if (field.starts_with("exif-")) return true;
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

std::span<const unsigned char> exif_of(VipsImage* image) {
  const std::string_view blob = blob_of(image, VIPS_META_EXIF_NAME);
  return {reinterpret_cast<const unsigned char*>(blob.data()), blob.size()};
}

// What libvips makes of broken EXIF goes too, so that nothing of it is written.
void clean_exif_of(VipsImage* image, bool same_pixels) {
  if (!has(image, VIPS_META_EXIF_NAME)) return;
  const auto clean = clean_exif(exif_of(image), same_pixels);
  if (clean) {
    if (!same_pixels) {
      vips_image_remove(image, "exif-ifd2-SubjectArea");
      vips_image_remove(image, "exif-ifd2-SubjectLocation");
    }
    set_blob(image, VIPS_META_EXIF_NAME, {reinterpret_cast<const char*>(clean->data()), clean->size()});
    return;
  }
  for (const std::string& field : field_names(image)) {
    if (field.starts_with("exif-")) vips_image_remove(image, field.c_str());
  }
}

// JPEG has one segment for both, TIFF one tag: libvips cuts TIFF's other one, for IPTC alone, to a quarter. Other
// formats have no place for them.
void set_photoshop(VipsImage* image, std::string_view format) {
  PhotoshopBlocks blocks = read_photoshop(blob_of(image, VIPS_META_IPTC_NAME));
  const PhotoshopBlocks more = read_photoshop(blob_of(image, VIPS_META_PHOTOSHOP_NAME));
  if (blocks.iptc.empty()) blocks.iptc = more.iptc;
  if (blocks.others.empty()) blocks.others = more.others;
  set_blob(image, VIPS_META_IPTC_NAME, format == "jpeg" ? blocks.app13() : std::string());
  set_blob(image, VIPS_META_PHOTOSHOP_NAME, format == "tiff" ? blocks.blocks() : std::string());
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

/// The text of a field without libvips' account of it: "text (text, ASCII, 5 components, 5 bytes)".
std::string exif_text(VipsImage* image, const char* field) {
  const char* text = nullptr;
  if (!has(image, field) || vips_image_get_string(image, field, &text) != 0) return {};
  const std::string_view all = text;
  return std::string(all.substr(0, all.rfind(" (")));
}

constexpr const char* kDescription = "exif-ifd0-ImageDescription";
constexpr const char* kUserComment = "exif-ifd2-UserComment";

/// Whether nobody wrote there, or Genga did.
bool is_free(VipsImage* image, const char* field, const std::string& comment) {
  if (!has(image, field)) return true;
  const std::string_view name = field;
  if (name == kDescription && is_blank_exif_text(exif_of(image), 0, kExifDescription)) return true;
  if (name == kUserComment && is_blank_exif_text(exif_of(image), 2, kExifUserComment)) return true;
  constexpr std::string_view kUs = "Genga";
  const std::size_t us = comment.find(kUs);
  return us != std::string::npos && exif_text(image, field).starts_with(comment.substr(0, us + kUs.size()));
}

// What people wrote is kept: the comment takes the fields that are free.
void attach_exif_comment(VipsImage* image, const std::string& comment) {
  bool stored = false;
  for (const char* field : {kDescription, kUserComment}) {
    if (!is_free(image, field, comment)) continue;
    set_text(image, field, comment);
    stored = true;
  }
  for (const char* field : {"exif-ifd0-XPComment", "exif-ifd0-XPSubject", "exif-ifd0-XPKeywords"}) {
    if (stored) return;
    if (!is_free(image, field, comment)) continue;
    set_text(image, field, comment);
    stored = true;
  }
}

std::string text_field(VipsImage* image, const char* field) {
  const char* text = nullptr;
  return has(image, field) && vips_image_get_string(image, field, &text) == 0 ? text : "";
}

// libvips writes no EXIF into TIFF, and reads none from it, so that the caption changes places.
void exchange_captions(VipsImage* image, std::string_view format) {
  if (format == "tiff") {
    if (!has(image, VIPS_META_IMAGEDESCRIPTION) && has(image, kDescription)) {
      set_text(image, VIPS_META_IMAGEDESCRIPTION, exif_text(image, kDescription));
    }
  } else if (!has(image, kDescription) && has(image, VIPS_META_IMAGEDESCRIPTION)) {
    set_text(image, kDescription, text_field(image, VIPS_META_IMAGEDESCRIPTION));
  }
}

void attach_comment(VipsImage* image, const std::string& comment, std::string_view format) {
  if (comment.empty()) return;
  if (format == "png") set_text(image, "png-comment-900-Comment", comment);
  if (format == "tiff") {
    const std::string caption = text_field(image, VIPS_META_IMAGEDESCRIPTION);
    const bool ours = caption.find(comment) != std::string::npos;
    if (!ours) set_text(image, VIPS_META_IMAGEDESCRIPTION, caption.empty() ? comment : caption + "\n" + comment);
  }
  attach_exif_comment(image, comment);
}

}  // namespace

MetadataPtr copy_metadata(VipsImage* src, const Geometry& geometry) {
  ImagePtr fields = make_image("cannot copy metadata", [](VipsImage** dst) { return vips_black(dst, 1, 1, nullptr); });
  ImagePtr own = make_image("cannot copy metadata", [&](VipsImage** dst) {
    return vips_copy(fields.get(), dst, "xres", vips_image_get_xres(src), "yres", vips_image_get_yres(src), nullptr);
  });
  vips_image_map(src, copy_field, own.get());
  clean_exif_of(own.get(), geometry.is_same());
  return std::make_shared<const Metadata>(std::move(own), geometry);
}

void attach_metadata(VipsImage* dst, const Metadata* metadata, const std::string& comment, std::string_view format) {
  attach_srgb(dst);
  if (metadata != nullptr) {
    vips_image_map(metadata->fields(), copy_field, dst);
    Geometry geometry = metadata->geometry();
    const int width = vips_image_get_width(dst), height = vips_image_get_height(dst);
    geometry.cropped = geometry.cropped || width != geometry.width || height != geometry.height;  // a comparison
    geometry.width = width;
    geometry.height = height;
    set_blob(dst, VIPS_META_XMP_NAME, clean_xmp(blob_of(dst, VIPS_META_XMP_NAME), geometry));
    set_photoshop(dst, format);
    exchange_captions(dst, format);
  }
  vips_image_remove(dst, VIPS_META_ORIENTATION);
  vips_image_set_int(dst, VIPS_META_ORIENTATION, 1);
  set_text(dst, "exif-ifd2-ColorSpace", "1");
  attach_comment(dst, comment, format);
}

}  // namespace genga::image
