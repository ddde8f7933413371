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

/// What the manifest says of images whose source says nothing.
struct Defaults {
  std::string licence{}, author{}, attribution{};
};

/// What became of an image: stored; the same bytes as another one; unchanged since; a newer version, stored beside the
/// old one.
enum class StoreResult { kNew, kDuplicate, kUnchanged, kReplaced };

/// Threads: any.
class Collection {
 public:
  /// Makes the folder and locks it. Throws Error: as dataset::ManifestWriter, dataset::read_manifest, FailureLog.
  Collection(std::filesystem::path folder, Defaults defaults);

  /// The entry of the same address or, for an image of another collection, the same bytes. Null if there is none. The
  /// pointer stays valid.
  const dataset::Entry* find(const ImageCandidate& candidate) const;
  /// The last failure of an address. A copy, since others may be added.
  std::optional<Failure> failure_of(const std::string& url) const;

  /// Writes the file, then its line. before: the entry that was asked for anew, else null.
  /// licensed: whether the new entry has a licence of the table.
  /// Throws Error: kIo (disk full, no permission).
  StoreResult store(const ImageCandidate& candidate, const FetchedImage& image, const dataset::Entry* before,
                    bool& licensed);
  void add_failure(Failure failure);
  /// Rewrites the list of failures without lines that no longer hold.
  void finish();

 private:
  dataset::Entry make_entry(const ImageCandidate& candidate, const FetchedImage& image) const;
  void clear_leftovers() const;
  std::string free_name(const std::string& wish, const FetchedImage& image) const;
  void remember(dataset::Entry entry);

  std::filesystem::path folder_;
  Defaults defaults_;
  mutable std::mutex mutex_;  // guards all below
  dataset::ManifestWriter writer_;
  FailureLog failures_;
  const std::string image_folder_;      // within folder_
  std::deque<dataset::Entry> entries_;  // addresses of its elements stay
  std::unordered_map<std::string, dataset::Entry*> by_source_, by_hash_;
  std::set<std::string> files_;
};

/// "2026-11-22T20:44:05Z"
std::string now_utc();

}  // namespace genga::fetch
