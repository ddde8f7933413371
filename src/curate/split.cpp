// Splits a collection into images to train on and images held out, by lots that depend on seed and content.
#include <algorithm>
#include <bit>
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
  explicit Groups(const std::vector<dataset::Entry>& entries) : parent_(entries.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    for (const dataset::Entry& entry : entries) n_kept_.push_back(entry.kept() ? 1 : 0);
  }
  std::size_t root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a == b) return;
    parent_[std::max(a, b)] = std::min(a, b);
    n_kept_[std::min(a, b)] += n_kept_[std::max(a, b)];
  }
  /// Kept images of the group that joining makes.
  std::int64_t size_with(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    return n_kept_[a] + (a == b ? 0 : n_kept_[b]);
  }

 private:
  std::vector<std::size_t> parent_;
  std::vector<std::int64_t> n_kept_{};  // of the group, at its root
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

/// What images of one weak key are.
struct WeakGroup {
  std::int64_t n_kept = 0;  // images with this key, be it weak or not
  bool is_weak = false;     // it is a weak key of one at least
  bool is_divided = false;
};

/// By the key's text.
std::map<std::string, WeakGroup> weak_groups(const std::vector<dataset::Entry>& entries) {
  std::map<std::string, WeakGroup> groups;
  for (const dataset::Entry& entry : entries) {
    if (!entry.kept()) continue;
    for (const GroupKey& key : group_keys(entry)) {
      WeakGroup& group = groups[key.text];
      ++group.n_kept;
      group.is_weak = group.is_weak || key.weak;
    }
  }
  std::erase_if(groups, [](const auto& item) { return !item.second.is_weak; });
  return groups;
}

void note_divided(const std::map<std::string, WeakGroup>& groups, std::int64_t max_weak,
                  std::vector<std::string>& notes) {
  for (const auto& [key, group] : groups) {
    if (!group.is_divided || group.n_kept < 2) continue;
    notes.push_back(
        fmt::format("{} images of one {}{} do not all stay together: groups are limited to {} here, so that about as "
                    "many images as "
                    "were asked for are held out",
                    group.n_kept, key.starts_with("page") ? "page" : "file",
                    key.starts_with("hash") ? "" : fmt::format(" ({})", key.substr(key.find(' ') + 1)), max_weak));
  }
}

/// Joins what belongs together; by weak keys, which come after the others, only to groups of at most max_weak images.
Groups group_entries(const std::vector<dataset::Entry>& entries, std::int64_t max_weak,
                     std::vector<std::string>& notes) {
  Groups groups(entries);
  std::unordered_map<std::string, std::size_t> holder;  // of a key: the entry that others are joined to
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const GroupKey& key : group_keys(entries[i])) {
      if (!key.weak) groups.join(holder.try_emplace(key.text, i).first->second, i);
    }
  }
  auto weak = weak_groups(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const GroupKey& key : group_keys(entries[i])) {
      if (!key.weak) continue;
      WeakGroup& group = weak[key.text];
      if (group.n_kept > max_weak) {
        group.is_divided = true;
        continue;
      }
      std::size_t& first = holder.try_emplace(key.text, i).first->second;
      if (groups.size_with(first, i) <= max_weak) {
        groups.join(first, i);
      } else if (groups.root(first) != groups.root(i)) {
        group.is_divided = true;
        first = i;  // the next ones may still stay with this one
      }
    }
  }
  note_divided(weak, max_weak, notes);
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

/// Of the images that only weak keys hold together. By a fraction a power of two: it changes seldom as a collection
/// grows, and with it the groups. Two, where images are few: a page and its only cut.
std::int64_t largest_weak_group(const SplitOptions& options, std::int64_t n_kept) {
  const double held_out = options.fraction * static_cast<double>(n_kept);
  const auto size =
      options.count ? *options.count : static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(held_out)));
  return std::max<std::int64_t>(size, n_kept < 4 ? 1 : 2);
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
  SplitReport report;
  const bool is_split = options.count ? *options.count > 0 : options.fraction > 0;
  Groups joined = options.by_group && is_split
                      ? group_entries(entries, largest_weak_group(options, n_kept), report.notes)
                      : Groups(entries);
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
