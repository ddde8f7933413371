// Photoshop's image resources (8BIM blocks) and the IPTC words among them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genga::image {

/// What may be carried to another image: IPTC's words and a few plain facts. Thumbnails and what else describes the
/// unchanged photo are not read.
struct PhotoshopBlocks {
  std::string iptc{};    // IPTC-IIM records, without previews
  std::string others{};  // 8BIM blocks: resolution, caption, copyright flag and address

  /// As in TIFF's tag, and as in JPEG's APP13 segment; empty if there is nothing.
  std::string blocks() const;
  std::string app13() const;
};

/// block: of an APP13 segment, a TIFF tag of 8BIM blocks, or plain IPTC-IIM. Broken parts are left out.
PhotoshopBlocks read_photoshop(std::string_view block);

/// IPTC-IIM records without those that name places.
std::string without_iptc_places(std::string_view iptc);

}  // namespace genga::image
