// Places (GPS) taken out of EXIF, XMP, PNG's text and Photoshop's blocks.
#include "image/metadata/private_fields.h"

#include <algorithm>
#include <array>

#include "genga/text.h"
#include "image/metadata/fields.h"
#include "image/metadata/photoshop.h"
#include "image/metadata/xml_tree.h"

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

void drop_places(std::vector<XmlNode>& nodes) {
  std::erase_if(nodes, [](const XmlNode& node) { return speaks_of_places(node.name); });
  for (XmlNode& node : nodes) {
    std::erase_if(node.attributes, [](const auto& attribute) {
      return !attribute.first.starts_with("xmlns") && speaks_of_places(attribute.first);
    });
    drop_places(node.children);
  }
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
  std::optional<std::vector<XmlNode>> parts = parse_xml(xmp);
  if (!parts) return {};
  drop_places(*parts);
  return to_xml(*parts);
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
