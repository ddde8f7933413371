// Places (GPS) taken out of EXIF, XMP, PNG's text and Photoshop's blocks.
#include "image/private_fields.h"

#include <algorithm>
#include <array>

#include "genga/text.h"
#include "image/fields.h"
#include "image/photoshop.h"

namespace genga::image {
namespace {

/// Coordinates, and the names of places that programs and phones look up for them.
bool speaks_of_places(std::string_view name) {
  const std::string lower = to_lower(name);
  constexpr std::array<std::string_view, 12> kNames{"city",        "state",           "country",       "location",
                                                    "countrycode", "countryname",     "provincestate", "sublocation",
                                                    "worldregion", "locationcreated", "locationshown", "locationname"};
  const std::string_view local = std::string_view(lower).substr(std::min(lower.find(':') + 1, lower.size()));
  if (std::ranges::find(kNames, local) != kNames.end()) return true;
  constexpr std::array<std::string_view, 3> kWords{"gps", "latitude", "longitude"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_removed(std::string_view field) {
  if (field.starts_with("exif-ifd3-") || field == "exif-ifd2-MakerNote") return true;
  if (field.starts_with("exif-")) return speaks_of_places(field);
  // ImageMagick's text chunks: EXIF in hexadecimal, or a line for each of its fields.
  return field.starts_with("png-comment-") &&
         (speaks_of_places(field) || field.find("Raw profile type") != std::string_view::npos);
}

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kNameEnds = " \t\r\n=/><\"'";

/// End of the tag that begins at `at`, behind its '>'. Quotes may hold one.
std::size_t end_of_tag(std::string_view xmp, std::size_t at) {
  char quote = 0;
  for (; at < xmp.size(); ++at) {
    const char c = xmp[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return xmp.size();
}

std::string_view name_at(std::string_view xmp, std::size_t at) {
  return xmp.substr(at, std::min(xmp.find_first_of(kNameEnds, at), xmp.size()) - at);
}

/// A tag without the attributes that speak of places.
std::string without_attributes(std::string_view tag) {
  std::string result;
  std::size_t kept = 0, at = std::min(tag.find_first_of(kSpace), tag.size());
  while (at < tag.size()) {
    const std::size_t begin = tag.find_first_not_of(kSpace, at);
    const std::size_t equals = begin == std::string_view::npos ? begin : tag.find('=', begin);
    const std::size_t open = equals == std::string_view::npos ? equals : tag.find_first_of("\"'", equals);
    const std::size_t close = open == std::string_view::npos ? open : tag.find(tag[open], open + 1);
    if (close == std::string_view::npos) break;
    if (speaks_of_places(name_at(tag, begin)) && !tag.substr(begin).starts_with("xmlns")) {
      result += tag.substr(kept, at - kept);
      kept = close + 1;
    }
    at = close + 1;
  }
  return result + std::string(tag.substr(kept));
}

template <class Change>
void change_blob(VipsImage* image, const char* field, const Change& change) {
  const std::string_view old = blob_of(image, field);
  if (!old.empty()) set_blob(image, field, change(old));
}

PhotoshopBlocks without_places_of(std::string_view block) {
  PhotoshopBlocks blocks = read_photoshop(block);
  blocks.iptc = without_iptc_places(blocks.iptc);
  return blocks;
}

}  // namespace

std::string without_places(std::string_view xmp) {
  std::string result;
  std::size_t at = 0;
  while (at < xmp.size()) {
    const std::size_t open = std::min(xmp.find('<', at), xmp.size());
    result += xmp.substr(at, open - at);
    if (open == xmp.size()) break;
    const std::size_t end = end_of_tag(xmp, open);
    const std::string_view tag = xmp.substr(open, end - open);
    const std::string_view name = name_at(xmp, open + 1);
    at = end;
    if (name.empty() || !speaks_of_places(name)) {
      result += tag.starts_with("<?") || tag.starts_with("<!") ? std::string(tag) : without_attributes(tag);
    } else if (!tag.ends_with("/>")) {
      const std::string closing = fmt::format("</{}", name);
      const std::size_t close = xmp.find(closing, end);
      at = close == std::string_view::npos ? xmp.size() : end_of_tag(xmp, close);
    }
  }
  return result;
}

void remove_places(VipsImage* image) {
  for (const std::string& name : field_names(image)) {
    if (is_removed(name)) vips_image_remove(image, name.c_str());
  }
  change_blob(image, VIPS_META_XMP_NAME, without_places);
  change_blob(image, VIPS_META_IPTC_NAME, [](std::string_view old) { return without_places_of(old).app13(); });
  change_blob(image, VIPS_META_PHOTOSHOP_NAME, [](std::string_view old) { return without_places_of(old).blocks(); });
}

}  // namespace genga::image
