// The HTML of the contact sheet, from what is shown on it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genga/clean.h"

namespace genga::curate {

struct SheetTile {
  const dataset::Entry* entry = nullptr;
  std::string thumbnail{};  // base64 of a WebP image; empty: it could not be read
  int width = 0, height = 0;
};
struct SheetSection {
  std::string id{}, title{}, explanation{};
  std::int64_t images = 0;  // of which the tiles are a part
  std::vector<SheetTile> tiles{};
  std::vector<std::size_t> group_ends{};  // tiles of one group stand side by side: indices one past each group's last
};
struct ContactSheetPage {
  std::string folder{};
  CollectionStats stats{};
  std::string licence_sentence{};
  std::string credit{};  // that the licences ask for; empty if none
  std::vector<std::string> notes{};
  std::vector<SheetSection> sections{};
};

std::string html_of(const ContactSheetPage& page);

}  // namespace genga::curate
