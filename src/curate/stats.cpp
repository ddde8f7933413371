// Counts what a collection holds. Reads the manifest only, no image.
#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "curate/clean/checks.h"
#include "genga/clean.h"

namespace genga::curate {
namespace {

std::string or_unknown(const std::string& text) {
  return text.empty() ? "unknown" : text;
}

std::string side_range(int side) {
  constexpr std::array kBounds{1, 128, 256, 512, 1024, 2048};
  if (side < 1) return "unknown";
  const auto above = std::upper_bound(kBounds.begin(), kBounds.end(), side);
  const std::string low = std::to_string(*(above - 1));
  return above == kBounds.end() ? low + " and more" : low + "-" + std::to_string(*above - 1);
}

/// Where an image came from: the host of an address, the folder of a path.
std::string source_of(const dataset::Entry& entry) {
  const std::string& text = entry.source.empty() ? entry.page : entry.source;
  const std::size_t scheme = text.find("://");
  if (scheme != text.npos) {
    const std::size_t host = scheme + 3;
    return text.substr(host, text.find_first_of("/?#", host) - host);
  }
  return or_unknown(text.find('/') == text.npos ? text : text.substr(0, text.rfind('/')));
}

void count_reasons(const dataset::Entry& entry, CollectionStats& stats) {
  const auto hand = std::find_if(entry.decisions.rbegin(), entry.decisions.rend(),
                                 [](const dataset::Decision& d) { return d.step == "hand"; });
  std::set<std::string> reasons;
  for (const dataset::Decision& decision : entry.decisions) {
    if (!decision.keep) reasons.insert(decision.step + ": " + decision.check);
  }
  if (hand != entry.decisions.rend()) reasons = {"hand: " + hand->check};
  for (const std::string& reason : reasons) ++stats.reasons[reason];
}

}  // namespace

CollectionStats collection_stats(const dataset::Manifest& manifest) {
  CollectionStats stats;
  std::map<double, std::int64_t> groups;
  std::vector<int> sides;
  for (const dataset::Entry& entry : manifest.entries) {
    ++stats.images;
    if (const auto group = entry.measures.find(kGroup); group != entry.measures.end()) ++groups[group->second];
    if (!entry.kept()) {
      ++stats.dropped;
      count_reasons(entry, stats);
      continue;
    }
    ++stats.kept;
    stats.bytes += entry.bytes;
    const dataset::Licence* licence = dataset::find_licence(entry.licence);
    ++stats.licences[licence != nullptr ? std::string(licence->id) : or_unknown(entry.licence)];
    ++stats.authors[or_unknown(entry.author)];
    ++stats.sources[source_of(entry)];
    ++stats.splits[entry.split.empty() ? "not split" : entry.split];
    ++stats.origins[entry.origin ? entry.origin->operation : "whole image"];
    const int side = std::min(entry.width, entry.height);
    ++stats.short_sides[side_range(side)];
    if (side > 0) sides.push_back(side);
  }
  for (const auto& [group, n] : groups) {
    if (n < 2) continue;  // its copies stayed in the collection that it was taken from
    ++stats.duplicate_groups;
    stats.in_duplicate_groups += n;
  }
  std::sort(sides.begin(), sides.end());
  if (!sides.empty()) {
    stats.min_side = sides.front();
    stats.median_side = sides[sides.size() / 2];
    stats.largest_side = sides.back();
  }
  return stats;
}

}  // namespace genga::curate
