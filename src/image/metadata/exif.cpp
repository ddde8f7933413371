// Edits EXIF in place: entries are taken out of their directories and their data wiped.
#include "image/metadata/exif.h"

#include <algorithm>
#include <array>
#include <string>

#include "image/formats/tiff_tags.h"

namespace genga::image {
namespace {

using namespace std::string_view_literals;

constexpr std::uint16_t kExifDirectory = 0x8769, kInteroperability = 0xa005, kInteroperabilityIndex = 1;
constexpr std::uint16_t kStripOffsets = 0x0111, kStripBytes = 0x0117, kThumbnail = 0x0201, kThumbnailBytes = 0x0202;
constexpr std::array<std::uint16_t, 2> kPlacesInImage{0x9214, 0xa214};  // of the subject, in pixels

// Of the photo's file, with libvips' names: how its samples lay and which colors they meant, sub-directories and
// previews, XMP and Photoshop blocks, which have their own place, maker notes, which hold previews.
struct Untrue {
  std::uint16_t tag;
  std::string_view name;
};
constexpr std::array kUntrue{Untrue{0x0100, "ImageWidth"},
                             Untrue{0x0101, "ImageLength"},
                             Untrue{0x0102, "BitsPerSample"},
                             Untrue{0x0103, "Compression"},
                             Untrue{0x0106, "PhotometricInterpretation"},
                             Untrue{kStripOffsets, "StripOffsets"},
                             Untrue{0x0115, "SamplesPerPixel"},
                             Untrue{0x0116, "RowsPerStrip"},
                             Untrue{kStripBytes, "StripByteCounts"},
                             Untrue{0x011c, "PlanarConfiguration"},
                             Untrue{0x012d, "TransferFunction"},
                             Untrue{0x013e, "WhitePoint"},
                             Untrue{0x013f, "PrimaryChromaticities"},
                             Untrue{0x014a, "SubIFDs"},
                             Untrue{kThumbnail, "JPEGInterchangeFormat"},
                             Untrue{kThumbnailBytes, "JPEGInterchangeFormatLength"},
                             Untrue{0x0211, "YCbCrCoefficients"},
                             Untrue{0x0212, "YCbCrSubSampling"},
                             Untrue{0x0214, "ReferenceBlackWhite"},
                             Untrue{0x02bc, "XMLPacket"},
                             Untrue{0x8649, "ImageResources"},
                             Untrue{0x9102, "CompressedBitsPerPixel"},
                             Untrue{0x927c, "MakerNote"},
                             Untrue{0xa500, "Gamma"},
                             Untrue{kInteroperability, "InteroperabilityIFDPointer"}};
constexpr std::string_view kPrefix = "Exif\0\0"sv;
constexpr std::string_view kJpegMagic = "\xff\xd8\xff"sv;

std::string_view text_of(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t prefix_bytes(std::span<const unsigned char> exif) {
  return text_of(exif).starts_with(kPrefix) ? kPrefix.size() : 0;
}

class Editor {
 public:
  Editor(std::vector<unsigned char>& bytes, const TiffTags& tags, bool same_pixels)
      : bytes_(bytes), tags_(tags), same_pixels_(same_pixels) {}

  /// Without what kRemoved names and any other entry that holds a JPEG.
  void clean(std::uint64_t offset) {
    auto directory = tags_.directory(offset);
    if (!directory) return;
    wipe_pixels(*directory, kThumbnail, kThumbnailBytes);
    wipe_pixels(*directory, kStripOffsets, kStripBytes);
    for (std::size_t i = directory->entries.size(); i-- > 0;) {  // from the last on, since those behind move
      if (!is_removed(directory->entries[i])) continue;
      remove(*directory, offset, directory->entries[i]);
      directory->next_at -= kEntryBytes;
    }
  }

  /// Its pictures lie in the same bytes so often that wiping them would take for ever, as none do that a camera wrote.
  bool is_hostile() const { return n_wiped_ > kMaxTimes * bytes_.size(); }

  /// The directory of the thumbnail, and those chained behind it.
  void wipe_chain(const TiffDirectory& main) {
    std::uint64_t offset = main.next;
    wipe(main.next_at, 4);
    for (int i = 0; i < 16; ++i) {
      const auto directory = tags_.directory(offset);
      if (!directory) return;
      wipe_pixels(*directory, kThumbnail, kThumbnailBytes);
      wipe_pixels(*directory, kStripOffsets, kStripBytes);
      for (const TiffEntry& entry : directory->entries) wipe_data(entry);
      wipe(offset, directory->next_at - offset);
      offset = directory->next;
    }
  }

 private:
  bool is_removed(const TiffEntry& entry) {
    const bool place = std::ranges::find(kPlacesInImage, entry.tag) != kPlacesInImage.end();
    return (place && !same_pixels_) || std::ranges::find(kUntrue, entry.tag, &Untrue::tag) != kUntrue.end() ||
           holds_jpeg(entry);
  }

  /// Entries that share their data, as none does that a camera wrote, are not searched for ever: they count as a JPEG.
  bool holds_jpeg(const TiffEntry& entry) {
    const std::string_view data = text_of(tags_.data(entry));
    n_searched_ += data.size();
    return n_searched_ > kMaxTimes * bytes_.size() || data.find(kJpegMagic) != std::string_view::npos;
  }

  void wipe(std::uint64_t at, std::uint64_t size) {
    if (at > bytes_.size()) return;
    size = std::min<std::uint64_t>(size, bytes_.size() - at);
    n_wiped_ += size;
    if (!is_hostile()) std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at), size, std::uint8_t{0});
  }

  void wipe_data(const TiffEntry& entry) { wipe(entry.value, entry.count * tiff_type_bytes(entry.type)); }

  void wipe_pixels(const TiffDirectory& directory, std::uint16_t offsets, std::uint16_t sizes) {
    const TiffEntry* at = directory.find(offsets);
    const TiffEntry* size = directory.find(sizes);
    if (at == nullptr || size == nullptr) return;
    for (std::uint64_t i = 0; i < at->count && !is_hostile(); ++i) {
      wipe(tags_.number(*at, i).value_or(bytes_.size()), tags_.number(*size, i).value_or(0));
    }
  }

  void remove(const TiffDirectory& directory, std::uint64_t offset, const TiffEntry& entry) {
    constexpr std::size_t kNextBytes = 4;
    wipe_data(entry);
    const auto at = bytes_.begin() + static_cast<std::ptrdiff_t>(entry.at);
    const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(directory.next_at + kNextBytes);
    std::copy(at + kEntryBytes, end, at);
    // The count is of two bytes, in the block's order.
    const std::size_t n = (directory.next_at - offset) / kEntryBytes - 1;
    const auto low = static_cast<unsigned char>(n & 0xffU), high = static_cast<unsigned char>(n >> 8U);
    bytes_[offset] = tags_.big_endian() ? high : low;
    bytes_[offset + 1] = tags_.big_endian() ? low : high;
  }

  static constexpr std::size_t kEntryBytes = 12;
  static constexpr std::size_t kMaxTimes = 16;  // the size of the block

  std::vector<unsigned char>& bytes_;
  const TiffTags& tags_;
  bool same_pixels_;
  std::size_t n_searched_ = 0, n_wiped_ = 0;
};

std::optional<TiffDirectory> directory_below(const TiffTags& tags, const TiffDirectory& above, std::uint16_t tag) {
  return tags.directory(tags.number(above, tag).value_or(0));
}

std::optional<TiffDirectory> exif_directory(const TiffTags& tags) {
  const auto main = tags.directory(tags.first());
  return main ? directory_below(tags, *main, kExifDirectory) : std::nullopt;
}

std::optional<TiffTags> open(std::span<const unsigned char> exif) {
  auto tags = TiffTags::open(exif.subspan(prefix_bytes(exif)));
  return tags && !tags->big_tiff() ? tags : std::nullopt;
}

bool is_blank(std::string_view text) {
  constexpr std::string_view kCharacterSets[] = {"ASCII\0\0\0"sv, "UNICODE\0"sv, "JIS\0\0\0\0\0"sv,
                                                 "\0\0\0\0\0\0\0\0"sv};
  for (std::string_view set : kCharacterSets) {
    if (text.starts_with(set)) text.remove_prefix(set.size());
  }
  return text.find_first_not_of("\0 \t\r\n"sv) == std::string_view::npos;
}

}  // namespace

bool is_true_of_copy(std::string_view field) {
  constexpr std::string_view kBegin = "exif-ifd";
  if (!field.starts_with(kBegin) || field.size() < kBegin.size() + 2) return true;
  const char directory = field[kBegin.size()];  // 1: of the thumbnail, 4: interoperability
  if (directory == '1' || directory == '4') return false;
  return std::ranges::find(kUntrue, field.substr(kBegin.size() + 2), &Untrue::name) == kUntrue.end();
}

std::optional<std::vector<unsigned char>> clean_exif(std::span<const unsigned char> exif, bool same_pixels) {
  std::vector<unsigned char> bytes(exif.begin() + static_cast<std::ptrdiff_t>(prefix_bytes(exif)), exif.end());
  const auto tags = TiffTags::open(bytes);  // of the copy, which is edited; a second prefix is broken EXIF
  const auto main = tags && !tags->big_tiff() ? tags->directory(tags->first()) : std::nullopt;
  if (!main) return std::nullopt;
  Editor editor(bytes, *tags, same_pixels);
  editor.wipe_chain(*main);
  if (const auto below = tags->number(*main, kExifDirectory)) editor.clean(*below);
  editor.clean(tags->first());
  if (editor.is_hostile()) return std::nullopt;
  bytes.insert(bytes.begin(), kPrefix.begin(), kPrefix.end());
  return bytes;
}

bool is_blank_exif_text(std::span<const unsigned char> exif, int directory, std::uint16_t tag) {
  const auto tags = open(exif);
  if (!tags) return true;
  const auto found = directory == 0 ? tags->directory(tags->first()) : exif_directory(*tags);
  const TiffEntry* entry = found ? found->find(tag) : nullptr;
  return entry == nullptr || is_blank(text_of(tags->data(*entry)));
}

std::optional<std::uint64_t> exif_number(std::span<const unsigned char> exif, std::uint16_t tag) {
  const auto tags = open(exif);
  const auto directory = tags ? exif_directory(*tags) : std::nullopt;
  return directory ? tags->number(*directory, tag) : std::nullopt;
}

std::string_view exif_interoperability(std::span<const unsigned char> exif) {
  const auto tags = open(exif);
  const auto directory = tags ? exif_directory(*tags) : std::nullopt;
  const auto below = directory ? directory_below(*tags, *directory, kInteroperability) : std::nullopt;
  const TiffEntry* index = below ? below->find(kInteroperabilityIndex) : nullptr;
  return index == nullptr ? std::string_view() : text_of(tags->data(*index)).substr(0, 3);
}

}  // namespace genga::image
