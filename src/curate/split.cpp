// Splits a collection into images to train on and images held out, by lots that depend on seed and content.
#include <algorithm>
#include <cmath>
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

/// Something that images of one group have in common.
struct GroupKey {
  std::string text;   // "page https://example.org/1"
  bool weak = false;  // only likely to be alike: holds a group together as long as that is small
};

/// Frames of one video form no group, or a video could not be split; frames that are alike are held together by their
/// group of duplicates.
std::vector<GroupKey> group_keys(const dataset::Entry& entry) {
  std::vector<GroupKey> keys;
  if (const auto group = entry.measures.find(kGroup); group != entry.measures.end()) {
    keys.push_back({"group " + std::to_string(static_cast<std::int64_t>(group->second))});
  }
  const std::string operation = entry.origin ? entry.origin->operation : "";
  if (entry.origin && operation != "frame") {
    // The image itself, if it lies in the same collection, has this hash too.
    const auto& origin = *entry.origin;
    keys.push_back({origin.sha256.empty() ? "file " + origin.file : "hash " + origin.sha256, operation != "prepare"});
  }
  if (!entry.sha256.empty()) keys.push_back({"hash " + entry.sha256});
  if (!entry.page.empty() && operation != "frame") keys.push_back({"page " + entry.page, true});
  return keys;
}

/// How many kept images have a weak key in common.
std::map<std::string, std::int64_t> weak_groups(const std::vector<dataset::Entry>& entries) {
  std::map<std::string, std::int64_t> sizes;
  for (const dataset::Entry& entry : entries) {
    if (!entry.kept()) continue;
    for (const GroupKey& key : group_keys(entry)) sizes[key.text] += key.weak ? 1 : 0;
  }
  return sizes;
}

/// Joins what belongs together, but by weak keys only as long as that makes groups of at most max_weak images.
Groups group_entries(const std::vector<dataset::Entry>& entries, std::int64_t max_weak,
                     std::vector<std::string>& notes) {
  Groups groups(entries.size());
  const auto sizes = weak_groups(entries);
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const GroupKey& key : group_keys(entries[i])) {
      const auto size = sizes.find(key.text);
      if (key.weak && size != sizes.end() && size->second > max_weak) continue;
      const auto [seen, is_new] = first.try_emplace(key.text, i);
      if (!is_new) groups.join(seen->second, i);
    }
  }
  for (const auto& [key, size] : sizes) {
    if (size <= std::max<std::int64_t>(max_weak, 1)) continue;
    const auto space = key.find(' ');
    notes.push_back(fmt::format("{} images of one {}{} do not stay together, since no more than {} are to be held out",
                                size, key.starts_with("page") ? "page" : "file",
                                key.starts_with("hash") ? "" : fmt::format(" ({})", key.substr(space + 1)), max_weak));
  }
  return groups;
}

/// A number in [0, 1) that depends on the seed and on the content of the image.
double lot_of(const dataset::Entry& entry, std::uint64_t seed) {
  return Rng(seed, stable_hash(entry.sha256.empty() ? entry.file : entry.sha256)).uniform();
}

struct Group {
  double lot = 0;
  std::vector<std::size_t> members{};  // indices of entries
  std::int64_t n_kept = 0;
};

/// By lot.
std::vector<Group> groups_by_lot(const std::vector<dataset::Entry>& entries, Groups& groups, std::uint64_t seed) {
  std::map<std::size_t, Group> by_root;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Group& group = by_root[groups.root(i)];
    if (group.members.empty()) group.lot = lot_of(entries[i], seed);
    group.members.push_back(i);
    group.n_kept += entries[i].kept() ? 1 : 0;
  }
  std::vector<Group> list;
  for (auto& [root, group] : by_root) list.push_back(std::move(group));
  std::ranges::stable_sort(list, {}, &Group::lot);
  return list;
}

using Sides = std::vector<bool>;  // of each entry: is it held out?

void hold_out(Sides& held_out, const Group& group) {
  for (const std::size_t i : group.members) held_out[i] = true;
}

constexpr std::int64_t kFew = 10;  // images: of so many, two at least are held out, which genga eval needs

/// Those with low lots; at least one or two kept images are held out, and one group is not, as far as there are groups.
Sides choose_fraction(const std::vector<Group>& groups, std::size_t n_entries, double fraction) {
  std::vector<const Group*> kept;
  for (const Group& group : groups) {
    if (group.n_kept > 0) kept.push_back(&group);
  }
  double bound = fraction;
  std::int64_t n_kept = 0, n_held_out = 0;
  for (const Group* group : kept) n_kept += group->n_kept;
  for (const Group* group : kept) {
    if (fraction == 0 || n_held_out >= (n_kept >= kFew ? 2 : 1)) break;
    bound = std::max(bound, std::nextafter(group->lot, 2.0));
    n_held_out += group->n_kept;
  }
  bound = kept.size() > 1 ? std::min(bound, kept.back()->lot) : 0;
  Sides held_out(n_entries);
  for (const Group& group : groups) {
    if (group.lot < bound) hold_out(held_out, group);
  }
  return held_out;
}

/// Exactly `count` kept images: groups that fit, in the order of their lots, and if those do not add up, a part of the
/// next one.
Sides choose_count(const std::vector<dataset::Entry>& entries, const std::vector<Group>& groups, std::int64_t count,
                   std::vector<std::string>& notes) {
  Sides held_out(entries.size());
  std::int64_t left = count;
  for (const Group& group : groups) {
    if (group.n_kept > left || group.n_kept == 0) continue;
    hold_out(held_out, group);
    left -= group.n_kept;
  }
  for (const Group& group : groups) {
    if (left == 0 || group.n_kept == 0 || held_out[group.members.front()]) continue;
    notes.push_back(
        fmt::format("a group of {} images that are alike is divided, so that {} are held out", group.n_kept, count));
    for (const std::size_t i : group.members) {
      if (left == 0) break;
      held_out[i] = true;
      left -= entries[i].kept() ? 1 : 0;
    }
  }
  return held_out;
}

void check_options(const SplitOptions& options, std::int64_t n_kept) {
  if (!(options.fraction >= 0 && options.fraction < 1)) {
    fail(ErrorCode::kInvalidArgument, "fraction to hold out is {}, expected 0 to below 1", options.fraction);
  }
  if (options.count && (*options.count < 0 || *options.count >= n_kept)) {
    fail(ErrorCode::kInvalidArgument, "{} images are to be held out, but {} are kept; expected fewer", *options.count,
         n_kept);
  }
}

}  // namespace

SplitReport split_collection(dataset::Manifest& manifest, const SplitOptions& options) {
  std::vector<dataset::Entry>& entries = manifest.entries;
  const std::int64_t n_kept = std::ranges::count_if(entries, &dataset::Entry::kept);
  check_options(options, n_kept);
  const double wanted =
      options.count ? static_cast<double>(*options.count) : options.fraction * static_cast<double>(n_kept);
  SplitReport report;
  Groups joined = options.by_group ? group_entries(entries, static_cast<std::int64_t>(wanted), report.notes)
                                   : Groups(entries.size());
  const std::vector<Group> groups = groups_by_lot(entries, joined, options.seed);
  for (const Group& group : groups) report.groups += group.members.size() > 1 ? 1 : 0;
  const Sides held_out = options.count ? choose_count(entries, groups, *options.count, report.notes)
                                       : choose_fraction(groups, entries.size(), options.fraction);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string side = held_out[i] ? "held_out" : "train";
    report.moved += !entries[i].split.empty() && entries[i].split != side ? 1 : 0;
    entries[i].split = side;
    if (entries[i].kept()) ++(held_out[i] ? report.held_out : report.train);
  }
  return report;
}

}  // namespace genga::curate
