// Licences of images: the table, and the many ways in which people and sites write them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <deque>
#include <initializer_list>
#include <sstream>
#include <unordered_map>

#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/text.h"

namespace genga::dataset {
namespace {

/// Lower case, words joined by '-', "license" left out.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : to_lower(text)) {
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

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// What may follow a version: the port to a country's law, which changes nothing here. Anything else may forbid more.
bool is_port(std::string_view part) {
  const bool is_country =
      part.size() == 2 && std::ranges::all_of(part, [](unsigned char c) { return std::isalpha(c); });
  return part.empty() || is_country || is_one_of(part, {"igo", "scotland", "migrated", "deed"});
}

/// "by-sa-3.0-de" -> CC-BY-SA-3.0.
const Licence* creative_commons(std::string_view rest) {
  std::string kind, version;
  for (const std::string& part : split(rest, '-')) {
    const bool is_kind = is_one_of(part, {"by", "sa", "nc", "nd"});
    if (is_kind && version.empty()) {
      kind += fmt::format("-{}", part);
    } else if (version.empty() && part.size() == 3 && std::isdigit(static_cast<unsigned char>(part[0])) != 0) {
      version = part;
    } else if (version.empty() || is_kind || !is_port(part)) {
      return nullptr;
    }
  }
  return by_id(fmt::format("cc{}{}{}", kind, version.empty() ? "" : "-", version));
}

/// Without "https://www.".
std::string_view without_scheme(std::string_view address) {
  for (const std::string_view start : {"https:", "http:", "//", "www."}) {
    if (address.starts_with(start)) address.remove_prefix(start.size());
  }
  return address;
}

/// text: as plain() writes it.
const Licence* by_address(std::string_view text) {
  text = without_scheme(text);
  constexpr std::string_view kLicences = "creativecommons.org/licenses/";
  if (text.starts_with(kLicences)) {
    std::string rest(text.substr(kLicences.size()));
    if (rest.starts_with("publicdomain")) return by_id("PDM-1.0");
    for (const std::string_view end : {"/deed", "/legalcode", "?", "#"})
      rest.resize(std::min(rest.find(end), rest.size()));
    std::ranges::replace(rest, '/', '-');
    return creative_commons(rest);
  }
  if (text.starts_with("creativecommons.org/publicdomain/zero")) return by_id("CC0-1.0");
  if (text.starts_with("creativecommons.org/publicdomain/mark")) return by_id("PDM-1.0");
  for (const Licence& licence : table().rows) {
    const std::string url = plain(without_scheme(licence.url));
    if (!url.empty() && !url.starts_with("creativecommons") && text.starts_with(url)) return &licence;
  }
  return nullptr;
}

/// "PD-old-70", "Public domain (US)": whatever the reason, if nothing is said against it.
bool is_public_domain(std::string_view name) {
  if (!name.starts_with("pd-") && !name.starts_with("public-domain")) return false;
  return std::ranges::none_of(split(name, '-'), [](const std::string& word) {
    return is_one_of(word, {"cc", "nc", "nd", "sa", "non", "not", "no", "only", "but", "except", "commercial",
                            "noncommercial", "personal", "research", "educational"});
  });
}

/// One licence, not a list.
const Licence* find_one(std::string_view text) {
  const std::string name = plain(text);
  if (name.empty()) return nullptr;
  if (name.find('/') != name.npos) return by_address(name);
  if (const Licence* licence = by_id(name)) return licence;
  if (const auto found = table().by_name.find(name); found != table().by_name.end())
    return &table().rows[found->second];
  for (const Alias& alias : kAliases) {
    if (alias.text == name) return by_id(alias.id);
  }
  if (name.starts_with("cc-")) return creative_commons(std::string_view(name).substr(3));
  if (name.starts_with("ccby")) return creative_commons(std::string_view(name).substr(2));
  return is_public_domain(name) ? by_id("PDM-1.0") : nullptr;
}

/// What a list names: its parts stand between ",;|", lines and words that join; addresses stand for themselves.
std::vector<std::string> parts_of(std::string_view text) {
  std::string spaced;
  for (const char c : text)
    spaced += std::string_view(",;|\n").find(c) != std::string_view::npos ? " , " : std::string(1, c);
  std::vector<std::string> parts(1);
  std::istringstream words(spaced);
  for (std::string word; words >> word;) {
    if (is_one_of(to_lower(word), {",", "and", "or", "with", "plus", "&", "+"})) {
      parts.emplace_back();
    } else if (word.find('/') != word.npos) {
      parts.push_back(word);
      parts.emplace_back();
    } else {
      parts.back() += (parts.back().empty() ? "" : " ") + word;
    }
  }
  std::erase_if(parts, [](const std::string& part) { return part.find_first_not_of("()<>-:. ") == part.npos; });
  return parts;
}

}  // namespace

std::span<const Licence> licences() {
  return table().rows;
}

const Licence* find_licence(std::string_view text) {
  const Licence* found = nullptr;
  for (const std::string& part : parts_of(text)) {
    const bool is_version = part.find_first_not_of("0123456789.") == part.npos;
    if (found != nullptr && is_version) continue;  // "cc-by-sa-2.5,2.0,1.0"
    const Licence* licence = find_one(part);
    if (licence == nullptr || (found != nullptr && licence != found)) return nullptr;  // one part may forbid more
    found = licence;
  }
  return found;
}

}  // namespace genga::dataset
