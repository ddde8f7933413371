// Metadata, by the first byte: an EXIF block, an XMP packet, Photoshop's blocks or IPTC's records, a TIFF's
// directories, what tells a file's colors, a JPEG's damage. Any bytes give a clean copy, which stays as it is when it
// is cleaned again, or an Error.
#include <array>
#include <span>

#include "genga/error.h"
#include "genga/image.h"
#include "image/color/told_color.h"
#include "image/formats/jpeg_damage.h"
#include "image/formats/raw_photo.h"
#include "image/formats/tiff_pages.h"
#include "image/metadata/exif.h"
#include "image/metadata/fields.h"
#include "image/metadata/photoshop.h"
#include "image/metadata/private_fields.h"
#include "image/metadata/xml_tree.h"
#include "image/metadata/xmp.h"
#include "require.h"

namespace {

using namespace genga;
using namespace genga::image;
using Bytes = std::span<const unsigned char>;

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void read_exif(Bytes bytes) {
  for (const bool same_pixels : {true, false}) {
    const auto clean = clean_exif(bytes, same_pixels);
    if (clean) fuzz::require(clean->size() <= bytes.size() + 6, "clean EXIF grows by its prefix at most");
  }
  is_blank_exif_text(bytes, 0, kExifDescription);
  is_blank_exif_text(bytes, 2, kExifUserComment);
  exif_number(bytes, kExifColorSpace);
  exif_interoperability(bytes);
}

void read_xmp(Bytes bytes) {
  const std::string_view packet = text_of(bytes);
  constexpr Geometry kHalf{.photo_width = 40, .photo_height = 30, .width = 20, .height = 15};
  constexpr Geometry kSame{.photo_width = 20, .photo_height = 15, .width = 20, .height = 15};
  const std::string clean = clean_xmp(packet, kHalf);
  fuzz::require(clean_xmp(clean, kSame) == clean, "clean XMP stays as it is");
  fuzz::require(clean.empty() || parse_xml(clean).has_value(), "clean XMP is XML");
  const std::string placeless = without_places(packet);
  fuzz::require(!parse_xml(packet) || placeless.empty() || parse_xml(placeless), "XMP without places is XML");
  fuzz::require(without_places(placeless) == placeless, "XMP without places stays as it is");
  xmp_companion(packet);
}

void read_blocks(Bytes bytes) {
  const PhotoshopBlocks blocks = read_photoshop(text_of(bytes));
  for (const std::string& written : {blocks.blocks(), blocks.app13()}) {
    const PhotoshopBlocks again = read_photoshop(written);
    fuzz::require(again.iptc == blocks.iptc && again.others == blocks.others, "blocks survive being written");
  }
  const std::string placeless = without_iptc_places(blocks.iptc);
  fuzz::require(without_iptc_places(placeless) == placeless, "IPTC without places stays as it is");
}

void read_tiff(Bytes bytes) {
  raw_photo_kind(bytes);
  const TiffFacts facts = tiff_facts(bytes);
  fuzz::require(facts.page >= 0 && facts.n_pages >= 1, "a TIFF has a page");
}

void read_color(Bytes bytes) {
  const ImagePtr black =
      make_image("no image", [](VipsImage** out) { return vips_black(out, 1, 1, "bands", 3, nullptr); });
  const ImagePtr header = make_image("no image", [&](VipsImage** out) {
    return vips_copy(black.get(), out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  });
  set_blob(header.get(), VIPS_META_EXIF_NAME, text_of(bytes));
  const std::string profile = told_color(bytes, header.get()).profile;
  fuzz::require(profile.empty() || vips_icc_is_compatible_profile(header.get(), profile.data(), profile.size()) != 0,
                "a profile that is made is a profile");
}

void read_jpeg(Bytes bytes) {
  constexpr std::int64_t kMaxPixels = 1 << 18;  // larger ones only cost time
  if (bytes.empty()) return;
  const RowReader header({.path = "input", .bytes = std::as_bytes(bytes)}, {.max_pixels = kMaxPixels});
  if (header.info().format == "jpeg") find_jpeg_damage(bytes);
}

constexpr std::array kReaders{read_exif, read_xmp, read_blocks, read_tiff, read_color, read_jpeg};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  image::init(1);
  // A copy, so that a byte read before or behind it is seen.
  const std::vector<unsigned char> bytes(data + 1, data + size);
  try {
    kReaders[(data[0] - '0') % kReaders.size()](bytes);
  } catch (const Error& error) {
    fuzz::require(error.code() != ErrorCode::kInternal && error.code() != ErrorCode::kInvalidArgument,
                  "bytes that are no metadata are not the caller's mistake nor ours");
  }
  return 0;
}
