// Licences of images, and what they mean together for a style that is trained on them. The careful view is taken: a
// style is treated as derived from its images.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <set>
#include <unordered_map>

#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/text.h"

namespace genga::dataset {
namespace {

/// Lower case, words joined by '-', "license" left out; of a list, the first.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : to_lower(text.substr(0, text.find_first_of(",;|")))) {
    const bool joins = c == ' ' || c == '_' || c == '-' || c == '(' || c == ')';
    if (joins && (result.empty() || result.back() == '-')) continue;
    result += joins ? '-' : c;
  }
  for (const std::string_view word : {"-license", "-licence", "-international", "-unported", "-generic"}) {
    if (const auto at = result.find(word); at != result.npos) result.erase(at, word.size());
  }
  while (result.ends_with('-')) result.pop_back();
  return result;
}

struct Table {
  std::deque<std::string> texts{};  // what the views look at
  std::vector<Licence> rows{};
  std::unordered_map<std::string, std::size_t> by_id{}, by_name{};  // as plain() writes them

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

  /// One kind of Creative Commons licence in all its versions; the first row is for sources that name none.
  void add_creative_commons(std::string_view kind, std::string_view words) {
    const auto has = [&](std::string_view part) { return kind.find(part) != kind.npos; };
    std::string upper(kind);
    std::transform(kind.begin(), kind.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    for (const std::string_view version : {"", "1.0", "2.0", "2.1", "2.5", "3.0", "4.0"}) {
      const bool named = !version.empty();
      rows.push_back({.id = keep(fmt::format("CC-{}{}{}", upper, named ? "-" : "", version)),
                      .name = keep(fmt::format("Creative Commons {}{}{}", words, named ? " " : "", version)),
                      .url = keep(named ? fmt::format("https://creativecommons.org/licenses/{}/{}/", kind, version)
                                        : "https://creativecommons.org/licenses/"),
                      .attribution = true,
                      .share_alike = has("sa"),
                      .commercial = !has("nc"),
                      .derivatives = !has("nd")});
    }
  }
};

const Table& table() {
  static const Table made = [] {
    Table t;
    t.rows = {
        {"CC0-1.0", "Creative Commons Zero", "https://creativecommons.org/publicdomain/zero/1.0/", false, false, true,
         true},
        {"PDM-1.0", "Public domain", "https://creativecommons.org/publicdomain/mark/1.0/", false, false, true, true},
        {"Unlicense", "The Unlicense", "https://unlicense.org/", false, false, true, true},
        {"Unsplash", "Unsplash licence", "https://unsplash.com/license", false, false, true, true},
        {"Pexels", "Pexels licence", "https://www.pexels.com/license/", false, false, true, true},
        {"Pixabay", "Pixabay content licence", "https://pixabay.com/service/license-summary/", false, false, true,
         true},
        {"MIT", "MIT licence", "https://spdx.org/licenses/MIT.html", true, false, true, true},
        {"Apache-2.0", "Apache licence 2.0", "https://www.apache.org/licenses/LICENSE-2.0", true, false, true, true},
        {"OGL-UK-3.0", "Open Government Licence 3.0",
         "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", true, false, true, true},
        {"LAL-1.3", "Free Art Licence 1.3", "https://artlibre.org/licence/lal/en/", true, true, true, true},
        {"GFDL", "GNU Free Documentation Licence", "https://www.gnu.org/licenses/fdl.html", true, true, true, true},
        {"own", "own work", "", false, false, true, true},
        {"all-rights-reserved", "all rights reserved", "", true, false, false, false},
    };
    t.add_creative_commons("by", "Attribution");
    t.add_creative_commons("by-sa", "Attribution-ShareAlike");
    t.add_creative_commons("by-nc", "Attribution-NonCommercial");
    t.add_creative_commons("by-nc-sa", "Attribution-NonCommercial-ShareAlike");
    t.add_creative_commons("by-nd", "Attribution-NoDerivatives");
    t.add_creative_commons("by-nc-nd", "Attribution-NonCommercial-NoDerivatives");
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
      t.by_id.try_emplace(plain(t.rows[i].id), i);
      t.by_name.try_emplace(plain(t.rows[i].name), i);
    }
    return t;
  }();
  return made;
}

struct Alias {
  std::string_view text, id;
};
/// As plain() writes them.
constexpr Alias kAliases[] = {
    {"cc0", "CC0-1.0"},
    {"cc-0", "CC0-1.0"},
    {"cc-zero", "CC0-1.0"},
    {"cc-0-1.0", "CC0-1.0"},
    {"pd", "PDM-1.0"},
    {"public-domain-mark", "PDM-1.0"},
    {"pdm", "PDM-1.0"},
    {"no-restrictions", "PDM-1.0"},
    {"cc-pd", "PDM-1.0"},
    {"fal", "LAL-1.3"},
    {"fal-1.3", "LAL-1.3"},
    {"free-art", "LAL-1.3"},
    {"gfdl-1.2", "GFDL"},
    {"gfdl-1.3", "GFDL"},
    {"own-work", "own"},
    {"mine", "own"},
    {"copyrighted", "all-rights-reserved"},
    {"arr", "all-rights-reserved"},
    {"apache", "Apache-2.0"},
    {"ogl-3", "OGL-UK-3.0"},
    {"ogl-3.0", "OGL-UK-3.0"},
};

const Licence* by_id(std::string_view id) {
  const auto found = table().by_id.find(plain(id));
  return found == table().by_id.end() ? nullptr : &table().rows[found->second];
}

/// "by-sa-3.0-de" -> CC-BY-SA-3.0: the port to a country's law changes nothing here.
const Licence* creative_commons(std::string_view rest) {
  std::string kind, version;
  for (std::size_t begin = 0; begin < rest.size();) {
    const std::size_t end = std::min(rest.find('-', begin), rest.size());
    const std::string_view part = rest.substr(begin, end - begin);
    begin = end + 1;
    const bool is_kind = part == "by" || part == "sa" || part == "nc" || part == "nd";
    if (is_kind && version.empty()) {
      kind += fmt::format("-{}", part);
    } else if (version.empty() && part.size() == 3 && std::isdigit(static_cast<unsigned char>(part[0])) != 0) {
      version = part;
    } else if (version.empty()) {
      return nullptr;
    }
  }
  return by_id(fmt::format("cc{}{}{}", kind, version.empty() ? "" : "-", version));
}

const Licence* by_address(const std::string& text) {
  if (const auto at = text.find("creativecommons.org/licenses/"); at != text.npos) {
    std::string rest = text.substr(at + 29);
    if (rest.starts_with("publicdomain")) return by_id("PDM-1.0");
    std::replace(rest.begin(), rest.end(), '/', '-');
    return creative_commons(rest);
  }
  if (text.find("creativecommons.org/publicdomain/zero") != text.npos) return by_id("CC0-1.0");
  if (text.find("creativecommons.org/publicdomain/mark") != text.npos) return by_id("PDM-1.0");
  for (const Licence& licence : table().rows) {
    const std::string_view url = licence.url;
    const auto host = url.find("://");
    if (host != url.npos && !url.starts_with("https://creativecommons") &&
        text.find(plain(url.substr(host + 3))) != text.npos) {
      return &licence;
    }
  }
  return nullptr;
}

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

std::span<const Licence> licences() {
  return table().rows;
}

const Licence* find_licence(std::string_view text) {
  const std::string name = plain(text);
  if (name.empty()) return nullptr;
  if (name.find('/') != name.npos) return by_address(name);
  if (const Licence* licence = by_id(name)) return licence;
  if (const auto found = table().by_name.find(name); found != table().by_name.end())
    return &table().rows[found->second];
  for (const Alias& alias : kAliases) {
    if (alias.text == name) return by_id(alias.id);
  }
  if (name.starts_with("cc-by") || name.starts_with("cc-")) return creative_commons(std::string_view(name).substr(3));
  if (name.starts_with("ccby")) return creative_commons(std::string_view(name).substr(2));
  if (name.starts_with("pd-") || name.starts_with("public-domain")) return by_id("PDM-1.0");
  return nullptr;
}

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
