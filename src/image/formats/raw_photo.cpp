// Knows raw photographs by their first bytes, or by the tags of a sensor in TIFF data.
#include "image/formats/raw_photo.h"

#include <algorithm>
#include <array>

#include "image/formats/tiff_tags.h"

namespace genga::image {
namespace {

constexpr std::uint16_t kNewSubfileType = 254, kPhotometric = 262, kSubIfds = 330, kCfaRepeat = 33421,
                        kCfaPattern = 33422, kDngVersion = 50706;
constexpr std::uint64_t kColorFilterArray = 32803, kLinearRaw = 34892;
constexpr std::uint64_t kMaxSubIfds = 64;      // that are looked at below a page,
constexpr std::uint64_t kMaxAllSubIfds = 256;  // and in a file

struct Magic {
  std::size_t at;
  std::string_view bytes, kind;
};
using namespace std::string_view_literals;
constexpr std::array kMagics{Magic{0, "FUJIFILMCCD-RAW"sv, "Fujifilm"},
                             Magic{0, "IIU\0"sv, "Panasonic"},
                             Magic{0, "IIRO"sv, "Olympus"},
                             Magic{0, "IIRS"sv, "Olympus"},
                             Magic{0, "MMOR"sv, "Olympus"},
                             Magic{0, "\0MRM"sv, "Minolta"},
                             Magic{0, "FOVb"sv, "Sigma"},
                             Magic{4, "ftypcrx "sv, "Canon"},
                             Magic{6, "HEAPCCDR"sv, "Canon"}};

bool is_sensor(const TiffTags& tags, const TiffDirectory& directory) {
  const auto photometric = tags.number(directory, kPhotometric);
  return photometric == kColorFilterArray || photometric == kLinearRaw || directory.find(kCfaRepeat) != nullptr ||
         directory.find(kCfaPattern) != nullptr;
}

bool is_reduced(const TiffTags& tags, const TiffDirectory& directory) {
  return (tags.number(directory, kNewSubfileType).value_or(0) & 1U) != 0;
}

/// A page with the sensor's data in a directory of its own; the first page also if it is reduced and its larger self is
/// there.
bool has_sensor_below(const TiffTags& tags, const TiffDirectory& page, bool first, std::uint64_t& n_seen) {
  const TiffEntry* below = page.find(kSubIfds);
  for (std::uint64_t i = 0; below != nullptr && i < std::min(below->count, kMaxSubIfds); ++i) {
    if (++n_seen > kMaxAllSubIfds) return false;
    const auto directory = tags.directory(tags.number(*below, i).value_or(0));
    if (!directory) continue;
    if (is_sensor(tags, *directory)) return true;
    if (first && is_reduced(tags, page) && !is_reduced(tags, *directory)) return true;
  }
  return false;
}

}  // namespace

std::string_view raw_photo_kind(std::span<const unsigned char> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Magic& magic : kMagics) {
    if (text.size() > magic.at && text.substr(magic.at).starts_with(magic.bytes)) return magic.kind;
  }
  const auto tags = TiffTags::open(bytes);
  if (!tags) return {};
  if (text.substr(8).starts_with("CR\2\0"sv)) return "Canon";
  bool first = true;
  std::uint64_t n_seen = 0;
  for (const TiffDirectory& page : tags->chain()) {
    if (page.find(kDngVersion) != nullptr) return "DNG";
    if (is_sensor(*tags, page) || has_sensor_below(*tags, page, first, n_seen)) return "camera";
    first = false;
  }
  return {};
}

}  // namespace genga::image
