// Splits a collection into images to train on and images held out, by lots that depend on seed and content.
#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "curate/clean/checks.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "genga/random.h"

namespace genga::curate {
namespace {

/// Union-find; a group's root is its first entry, which later images do not change.
class Groups {
 public:
  explicit Groups(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

/// Keys that images of one group have in common. Frames of one video form no group, or a video could not be split;
/// frames that are alike are held together by their group of duplicates.
std::vector<std::string> group_keys(const dataset::Entry& entry) {
  std::vector<std::string> keys;
  if (const auto group = entry.measures.find(kGroup); group != entry.measures.end()) {
    keys.push_back("group " + std::to_string(static_cast<std::int64_t>(group->second)));
  }
  if (entry.origin && entry.origin->operation != "frame") {
    // The image itself, if it lies in the same collection, has this hash too.
    keys.push_back(entry.origin->sha256.empty() ? "file " + entry.origin->file : "hash " + entry.origin->sha256);
  }
  if (!entry.sha256.empty()) keys.push_back("hash " + entry.sha256);
  const bool is_frame = entry.origin && entry.origin->operation == "frame";
  if (!entry.page.empty() && !is_frame) keys.push_back("page " + entry.page);
  return keys;
}

Groups group_entries(const std::vector<dataset::Entry>& entries, bool by_group) {
  Groups groups(entries.size());
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; by_group && i < entries.size(); ++i) {
    for (const std::string& key : group_keys(entries[i])) {
      const auto [seen, is_new] = first.try_emplace(key, i);
      if (!is_new) groups.join(seen->second, i);
    }
  }
  return groups;
}

/// A number in [0, 1) that depends on the seed and on the content of the image.
double lot_of(const dataset::Entry& entry, std::uint64_t seed) {
  return Rng(seed, stable_hash(entry.sha256.empty() ? entry.file : entry.sha256)).uniform();
}

/// The smallest lot that is not held out, so that the groups below it hold as nearly as possible `count` images.
double bound_for_count(const std::map<std::size_t, std::int64_t>& kept_of_root,
                       const std::vector<dataset::Entry>& entries, const SplitOptions& options) {
  std::vector<std::pair<double, std::int64_t>> lots;
  std::int64_t kept = 0;
  for (const auto& [root, n] : kept_of_root) {
    lots.emplace_back(lot_of(entries[root], options.seed), n);
    kept += n;
  }
  if (*options.count < 0 || *options.count >= kept) {
    fail(ErrorCode::kInvalidArgument, "{} images are to be held out, but {} are kept; expected fewer", *options.count,
         kept);
  }
  std::sort(lots.begin(), lots.end());
  std::int64_t taken = 0;
  for (const auto& [lot, n] : lots) {
    if (taken + n - *options.count > *options.count - taken) return lot;
    taken += n;
  }
  return 1;
}

}  // namespace

SplitReport split_collection(dataset::Manifest& manifest, const SplitOptions& options) {
  if (!(options.fraction >= 0 && options.fraction < 1)) {
    fail(ErrorCode::kInvalidArgument, "fraction to hold out is {}, expected 0 to below 1", options.fraction);
  }
  std::vector<dataset::Entry>& entries = manifest.entries;
  Groups groups = group_entries(entries, options.by_group);
  std::map<std::size_t, std::int64_t> kept_of_root, size_of_root;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t root = groups.root(i);
    ++size_of_root[root];
    kept_of_root[root] += entries[i].kept() ? 1 : 0;
  }
  const double bound = options.count ? bound_for_count(kept_of_root, entries, options) : options.fraction;

  SplitReport report;
  for (const auto& [root, n] : size_of_root) report.groups += n > 1 ? 1 : 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool held_out = lot_of(entries[groups.root(i)], options.seed) < bound;
    const std::string side = held_out ? "held_out" : "train";
    report.moved += !entries[i].split.empty() && entries[i].split != side ? 1 : 0;
    entries[i].split = side;
    if (entries[i].kept()) ++(held_out ? report.held_out : report.train);
  }
  return report;
}

}  // namespace genga::curate
