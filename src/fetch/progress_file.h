// How far a source has been listed, in DIR/.genga/fetch/HASH.json, so that a run that was cut off goes on from there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

struct Standing {
  std::string cursor{};  // of the first page that is not done
  std::int64_t had = 0;  // images that the pages before it gave
};

/// Threads: one at a time.
class ProgressFile {
 public:
  /// options: those that change what a source lists make another file.
  ProgressFile(const std::filesystem::path& folder, const std::string& source, const SourceOptions& options);
  /// The beginning if nothing is stored. Throws Error: kCorruptData.
  Standing load() const;
  /// Throws Error: kIo.
  void save(const Standing& standing) const;
  /// The source has been listed to its end: the next run begins anew.
  void remove() const;

 private:
  std::filesystem::path path_;
  std::string source_;
};

}  // namespace genga::fetch
