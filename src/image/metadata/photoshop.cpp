// Reads and writes 8BIM blocks and IPTC-IIM records, with bounds.
#include "image/metadata/photoshop.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "image/metadata/fields.h"

namespace genga::image {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kApp13 = "Photoshop 3.0\0"sv;
constexpr std::string_view kBlock = "8BIM"sv;
constexpr char kIptcMarker = 0x1c;
constexpr std::uint32_t kIptcBlock = 0x0404;
// Resolution, caption, copyright flag, address, list of addresses.
constexpr std::array<std::uint32_t, 5> kKept{0x03ed, 0x03f0, 0x040a, 0x040b, 0x041e};

std::string big_endian(std::size_t value, unsigned n_bytes) {
  std::string bytes;
  for (unsigned i = n_bytes; i-- > 0;) bytes += static_cast<char>(value >> 8 * i & 0xffU);
  return bytes;
}

std::string block_of(std::uint32_t id, std::string_view data) {
  std::string block = std::string(kBlock) + big_endian(id, 2) + std::string(2, '\0') + big_endian(data.size(), 4);
  block += data;
  if (data.size() % 2 != 0) block += '\0';
  return block;
}

/// Preview files (2:200 to 2:202), and the records that hold the image itself (7 to 9).
bool is_preview(std::uint32_t record, std::uint32_t dataset) {
  return (record >= 7 && record <= 9) || (record == 2 && dataset >= 200 && dataset <= 202);
}

/// Content location, city, sublocation, state, country and the like (IIM 4.2).
bool is_place(std::uint32_t record, std::uint32_t dataset) {
  constexpr std::array<std::uint32_t, 7> kPlaces{26, 27, 90, 92, 95, 100, 101};
  return record == 2 && std::ranges::find(kPlaces, dataset) != kPlaces.end();
}

using IsDropped = bool (*)(std::uint32_t record, std::uint32_t dataset);

std::string without(IsDropped is_dropped, std::string_view iptc) {
  std::string kept;
  constexpr std::size_t kHeadBytes = 5;
  while (iptc.size() >= kHeadBytes && iptc[0] == kIptcMarker) {
    std::uint64_t size = big_endian_number(iptc.substr(3, 2));
    std::size_t head = kHeadBytes;
    if ((size & 0x8000U) != 0) {  // a long record: the size of its size
      const std::size_t n = size & 0x7fffU;
      if (n > 4 || iptc.size() < head + n) break;
      size = big_endian_number(iptc.substr(head, n));
      head += n;
    }
    if (size > iptc.size() - head) break;
    if (!is_dropped(big_endian_number(iptc.substr(1, 1)), big_endian_number(iptc.substr(2, 1))))
      kept += iptc.substr(0, head + size);
    iptc.remove_prefix(head + size);
  }
  return kept;
}

}  // namespace

PhotoshopBlocks read_photoshop(std::string_view block) {
  PhotoshopBlocks blocks;
  if (block.starts_with(kApp13)) block.remove_prefix(kApp13.size());
  if (!block.empty() && block[0] == kIptcMarker) {
    blocks.iptc = without(is_preview, block);
    return blocks;
  }
  while (block.size() >= 12 && block.starts_with(kBlock)) {
    const std::uint32_t id = big_endian_number(block.substr(4, 2));
    // A name of a byte's length before it, padded to an even number, then the data's size.
    const std::size_t name = (std::size_t{1} + static_cast<unsigned char>(block[6]) + 1) / 2 * 2;
    if (block.size() < 6 + name + 4) break;
    const std::size_t size = big_endian_number(block.substr(6 + name, 4)), at = 6 + name + 4;
    if (size > block.size() - at) break;
    const std::string_view data = block.substr(at, size);
    if (id == kIptcBlock) blocks.iptc += without(is_preview, data);
    if (std::ranges::find(kKept, id) != kKept.end()) blocks.others += block_of(id, data);
    block.remove_prefix(std::min(block.size(), at + size + size % 2));
  }
  return blocks;
}

std::string without_iptc_places(std::string_view iptc) {
  return without(is_place, iptc);
}

std::string PhotoshopBlocks::blocks() const {
  return others + (iptc.empty() ? std::string() : block_of(kIptcBlock, iptc));
}

std::string PhotoshopBlocks::app13() const {
  const std::string all = blocks();
  return all.empty() ? all : std::string(kApp13) + all;
}

}  // namespace genga::image
