// The folder that images are fetched into: its manifest, its files, its list of failures.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "fetch/failures.h"
#include "fetch/http/download.h"
#include "fetch/sources/source.h"
#include "genga/dataset.h"

namespace genga::fetch {

/// What is written of images whose source does not say.
struct Defaults {
  std::string licence{}, author{}, attribution{};
};

enum class Stored { kNew, kDuplicate, kUnchanged, kReplaced };

/// Threads: any.
class Collection {
 public:
  /// Makes the folder and locks it. Throws Error: as dataset::ManifestWriter, dataset::read_manifest, FailureLog.
  Collection(std::filesystem::path folder, Defaults defaults);

  /// Null if it is not there. Stays valid.
  const dataset::Entry* find(const Candidate& candidate) const;
  /// The last failure of an address. A copy, since others may be added.
  std::optional<Failure> failure_of(const std::string& url) const;

  /// Writes the file, then its line. before: the entry that was asked for anew, else null.
  /// licensed: whether the new entry has a licence of the table.
  /// Throws Error: kIo (disk full, no permission).
  Stored store(const Candidate& candidate, const Image& image, const dataset::Entry* before, bool& licensed);
  void add_failure(Failure failure);
  /// Tidies the list of failures.
  void finish();

 private:
  dataset::Entry make_entry(const Candidate& candidate, const Image& image) const;
  void clear_leftovers() const;
  std::string free_name(const std::string& wish, const Image& image) const;
  void remember(dataset::Entry entry);

  std::filesystem::path folder_;
  Defaults defaults_;
  mutable std::mutex mutex_;  // guards all below
  dataset::ManifestWriter writer_;
  FailureLog failures_;
  std::deque<dataset::Entry> entries_;  // addresses of its elements stay
  std::unordered_map<std::string, dataset::Entry*> by_source_, by_hash_;
  std::set<std::string> files_;
};

/// "2026-11-22T20:44:05Z"
std::string now_utc();

}  // namespace genga::fetch
