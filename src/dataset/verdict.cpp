// What the licences of images mean together for a style that is trained on them. The careful view is taken: a style is
// treated as derived from its images.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "genga/dataset.h"

namespace genga::dataset {
namespace {

constexpr std::string_view kUnknown = "unknown";

std::string credit_of(const Entry& entry, const Licence& licence) {
  if (!entry.attribution.empty()) return entry.attribution;
  if (entry.author.empty()) return {};
  return fmt::format("{}, {}{}{}", entry.author, licence.name, licence.url.empty() ? "" : ", ", licence.url);
}

std::string sentence_of(const Verdict& v) {
  if (v.images == 0) return "No image is kept, so there is nothing to say.";
  if (v.unknown > 0) {
    return fmt::format(
        "What a style trained on these images may be used for is not known: {} of {} have no known licence. Find "
        "out, and "
        "say so (genga data manifest --licence), or leave them out (genga data drop).",
        v.unknown, v.images);
  }
  std::string text = !v.derivatives && !v.commercial
                         ? "A style trained on these images is for yourself: some allow neither derived works nor "
                           "commercial use"
                     : !v.derivatives ? "A style trained on these images is for yourself: some allow no derived works"
                     : !v.commercial ? "A style trained on these images may be used and passed on, but not commercially"
                                     : "A style trained on these images may be used for anything, also commercially";
  if (v.share_alike && v.derivatives) text += "; it must be passed on under the images' own licence (share-alike)";
  if (v.attribution) text += "; the images' makers must be credited";
  text += ".";
  if (v.uncredited > 0) {
    text += fmt::format(" For {} the manifest names nobody to credit: add an author (genga data manifest --author).",
                        v.uncredited == 1 ? "one image" : fmt::format("{} images", v.uncredited));
  }
  return text;
}

}  // namespace

Verdict judge_licences(std::span<const Entry> entries) {
  Verdict verdict;
  std::map<std::string, std::pair<std::int64_t, std::set<std::string>>> groups;
  for (const Entry& entry : entries) {
    if (!entry.kept()) continue;
    ++verdict.images;
    const Licence* licence = find_licence(entry.licence.empty() ? entry.licence_url : entry.licence);
    const std::string id = licence != nullptr      ? std::string(licence->id)
                           : entry.licence.empty() ? std::string(kUnknown)
                                                   : entry.licence;
    auto& [images, credits] = groups[id];
    ++images;
    if (licence == nullptr) {
      ++verdict.unknown;
      continue;
    }
    verdict.commercial &= licence->commercial;
    verdict.derivatives &= licence->derivatives;
    verdict.share_alike |= licence->share_alike;
    verdict.attribution |= licence->attribution;
    const std::string credit = credit_of(entry, *licence);
    if (!credit.empty()) credits.insert(credit);
    if (licence->attribution && credit.empty()) ++verdict.uncredited;
  }
  if (verdict.unknown > 0 || verdict.images == 0) verdict.commercial = verdict.derivatives = false;
  for (auto& [id, group] : groups) {
    verdict.groups.push_back({id, group.first, {group.second.begin(), group.second.end()}});
  }
  std::stable_sort(verdict.groups.begin(), verdict.groups.end(),
                   [](const auto& a, const auto& b) { return a.images > b.images; });
  for (const Verdict::Group& group : verdict.groups) {
    const Licence* licence = find_licence(group.licence);
    verdict.licence += fmt::format("{}{}", verdict.licence.empty() ? "" : " AND ", group.licence);
    if (licence == nullptr || !licence->attribution) continue;
    for (const std::string& credit : group.credits) {
      verdict.attribution_text += fmt::format("{}{}", verdict.attribution_text.empty() ? "" : "; ", credit);
    }
  }
  if (verdict.unknown > 0) verdict.licence.clear();
  verdict.sentence = sentence_of(verdict);
  return verdict;
}

}  // namespace genga::dataset
