// How far a source has been listed, in DIR/.genga/fetch/HASH.json, so that an interrupted run goes on from there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// Where the next run goes on.
struct ListingProgress {
  std::string cursor{};       // of the first page that is not done
  std::int64_t n_images = 0;  // that the pages before it gave
};

/// Threads: one at a time.
class ProgressFile {
 public:
  /// options: a run with other options that change what the source lists has a file of its own.
  ProgressFile(const std::filesystem::path& folder, const std::string& source, const SourceOptions& options);
  /// The beginning if nothing is stored. Throws Error: kCorruptData.
  ListingProgress load() const;
  /// Throws Error: kIo.
  void save(const ListingProgress& progress) const;
  /// The source has been listed to its end: the next run begins anew.
  void remove() const;

 private:
  std::filesystem::path path_;
  std::string source_;
};

}  // namespace genga::fetch
