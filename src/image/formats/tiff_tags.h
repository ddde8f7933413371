// The tags of TIFF data, read with bounds: of a TIFF file, classic or BigTIFF, and of EXIF, which is laid out as TIFF
// is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace genga::image {

struct TiffEntry {
  std::uint16_t tag = 0, type = 0;
  std::uint64_t count = 0;
  std::size_t at = 0;     // where the entry itself lies
  std::size_t value = 0;  // where its values lie; they are inside the data
};

struct TiffDirectory {
  std::vector<TiffEntry> entries;
  std::size_t next_at = 0;  // where the offset of the next directory lies
  std::uint64_t next = 0;   // 0: the last

  const TiffEntry* find(std::uint16_t tag) const;
};

/// Bytes per value of a TIFF type; 0 if the type is unknown.
std::size_t tiff_type_bytes(std::uint16_t type);

class TiffTags {
 public:
  /// None if the bytes do not begin as TIFF does.
  static std::optional<TiffTags> open(std::span<const unsigned char> bytes);

  bool big_endian() const { return big_endian_; }
  bool big_tiff() const { return big_tiff_; }
  std::uint64_t first() const { return first_; }  // offset of the first directory
  /// None if it is not wholly inside the data. Entries whose values are not are left out.
  std::optional<TiffDirectory> directory(std::uint64_t offset) const;
  /// The directories from the first on, until one is broken or there are as many as a hostile file may have.
  std::vector<TiffDirectory> chain() const;
  /// An unsigned value of types BYTE, SHORT, LONG, LONG8 or IFD; none of others or beyond the count.
  std::optional<std::uint64_t> number(const TiffEntry& entry, std::uint64_t index = 0) const;
  /// The same of the first entry with this tag.
  std::optional<std::uint64_t> number(const TiffDirectory& directory, std::uint16_t tag) const;
  std::span<const unsigned char> data(const TiffEntry& entry) const;

 private:
  std::uint64_t read(std::size_t at, std::size_t n_bytes) const;

  std::span<const unsigned char> bytes_;
  bool big_endian_ = false, big_tiff_ = false;
  std::uint64_t first_ = 0;
};

}  // namespace genga::image
