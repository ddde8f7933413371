// Reads TIFF directories with bounds.
#include "image/formats/tiff_tags.h"

#include <algorithm>
#include <array>

namespace genga::image {
namespace {

constexpr std::size_t kMaxDirectories = 10'000;
constexpr std::size_t kMaxEntries = 200'000;  // of all of them: overlapping ones could hold far more than the file

bool is_inside(std::uint64_t at, std::uint64_t size, std::size_t total) {
  return at <= total && size <= total - at;
}

}  // namespace

std::size_t tiff_type_bytes(std::uint16_t type) {
  // BYTE ASCII SHORT LONG RATIONAL SBYTE UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD - - LONG8 SLONG8 IFD8
  constexpr std::array<std::size_t, 19> kBytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < kBytes.size() ? kBytes.at(type) : 0;
}

const TiffEntry* TiffDirectory::find(std::uint16_t tag) const {
  const auto entry = std::ranges::find(entries, tag, &TiffEntry::tag);
  return entry == entries.end() ? nullptr : &*entry;
}

std::uint64_t TiffTags::read(std::size_t at, std::size_t n_bytes) const {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < n_bytes; ++i) {
    value = value << 8U | bytes_[at + (big_endian_ ? i : n_bytes - 1 - i)];
  }
  return value;
}

std::optional<TiffTags> TiffTags::open(std::span<const unsigned char> bytes) {
  if (bytes.size() < 16 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return std::nullopt;
  TiffTags tags;
  tags.bytes_ = bytes;
  tags.big_endian_ = bytes[0] == 'M';
  const std::uint64_t version = tags.read(2, 2);
  if (version != 42 && version != 43) return std::nullopt;
  tags.big_tiff_ = version == 43;
  tags.first_ = tags.big_tiff_ ? tags.read(8, 8) : tags.read(4, 4);
  return tags;
}

std::optional<TiffDirectory> TiffTags::directory(std::uint64_t offset) const {
  const std::size_t count_bytes = big_tiff_ ? 8 : 2, entry_bytes = big_tiff_ ? 20 : 12, word = big_tiff_ ? 8 : 4;
  if (offset == 0 || !is_inside(offset, count_bytes, bytes_.size())) return std::nullopt;
  const std::uint64_t n = read(offset, count_bytes);
  const std::size_t first_entry = offset + count_bytes;
  if (n > bytes_.size() / entry_bytes || !is_inside(first_entry, n * entry_bytes + word, bytes_.size())) {
    return std::nullopt;
  }
  TiffDirectory directory;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = first_entry + i * entry_bytes;
    TiffEntry entry{.tag = static_cast<std::uint16_t>(read(at, 2)),
                    .type = static_cast<std::uint16_t>(read(at + 2, 2)),
                    .count = read(at + 4, word),
                    .at = at};
    const std::size_t value_bytes = tiff_type_bytes(entry.type);
    if (value_bytes == 0 || entry.count > bytes_.size()) continue;
    const std::uint64_t size = entry.count * value_bytes;
    const std::uint64_t value = size <= word ? at + 4 + word : read(at + 4 + word, word);
    if (!is_inside(value, size, bytes_.size())) continue;
    entry.value = value;
    directory.entries.push_back(entry);
  }
  directory.next_at = first_entry + n * entry_bytes;
  directory.next = read(directory.next_at, word);
  return directory;
}

std::vector<TiffDirectory> TiffTags::chain() const {
  std::vector<TiffDirectory> directories;
  std::vector<std::uint64_t> seen;
  std::size_t n_entries = 0;
  for (std::uint64_t at = first_; at != 0 && directories.size() < kMaxDirectories;) {
    if (std::ranges::find(seen, at) != seen.end()) break;  // a loop
    seen.push_back(at);
    std::optional<TiffDirectory> directory = this->directory(at);
    if (!directory) break;
    n_entries += directory->entries.size();
    if (n_entries > kMaxEntries) break;
    at = directory->next;
    directories.push_back(std::move(*directory));
  }
  return directories;
}

std::optional<std::uint64_t> TiffTags::number(const TiffEntry& entry, std::uint64_t index) const {
  constexpr std::array<std::uint16_t, 6> kUnsigned{1, 3, 4, 13, 16, 18};
  if (index >= entry.count || std::ranges::find(kUnsigned, entry.type) == kUnsigned.end()) return std::nullopt;
  const std::size_t n_bytes = tiff_type_bytes(entry.type);
  return read(entry.value + index * n_bytes, n_bytes);
}

std::optional<std::uint64_t> TiffTags::number(const TiffDirectory& directory, std::uint16_t tag) const {
  const TiffEntry* entry = directory.find(tag);
  return entry == nullptr ? std::nullopt : number(*entry);
}

std::span<const unsigned char> TiffTags::data(const TiffEntry& entry) const {
  return bytes_.subspan(entry.value, entry.count * tiff_type_bytes(entry.type));
}

}  // namespace genga::image
