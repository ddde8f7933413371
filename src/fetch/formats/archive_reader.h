// The members of a tar or zip archive, one after another. Names that leave the archive, links, devices, encrypted and
// too large members are refused one by one; an archive that unpacks to far more than its own size is given up. Nothing
// is ever written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "genga/base.h"

namespace genga::fetch {

struct ArchiveLimits {
  std::int64_t max_member = 64 << 20;         // bytes, unpacked
  std::int64_t max_ratio = 100;               // of all that is unpacked to the size of the archive
  std::int64_t always_allowed = 256LL << 20;  // bytes, whatever the ratio
};

struct ArchiveMember {
  std::string name{};
  std::string refused{};           // why; empty: it is fine
  std::vector<std::byte> bytes{};  // empty if it was not wanted
};

/// Why a name may not be followed; "" if it is harmless.
std::string why_unsafe(std::string_view name);

class ArchiveReader {
 public:
  /// Throws Error: kNotFound, kIo; kCorruptData (no archive, or empty).
  ArchiveReader(const std::filesystem::path& path, const ArchiveLimits& limits);
  ~ArchiveReader();
  ArchiveReader(ArchiveReader&&) noexcept;

  /// False at the end. wanted: by name; of others, the bytes are not read.
  /// Throws Error: kCorruptData (cut short or damaged), kOutOfMemory (a bomb), kCancelled. Nothing more can be read
  /// then.
  bool next(ArchiveMember& member, const std::function<bool(const std::string& name)>& wanted,
            const CancelToken& cancel);
  std::int64_t n_members() const;  // given so far, refused ones and folders too

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genga::fetch
