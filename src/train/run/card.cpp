// Licences and credits of images and base together, and the card's other lines.
#include "train/run/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <vector>

#include "genga/card.h"

namespace genga::train {
namespace {

/// Adds an item that is not empty to a list in words.
void append(std::string& list, std::string_view separator, std::string_view item) {
  if (!list.empty() && !item.empty()) list += separator;
  list += item;
}

std::string name_of(const weights::ModelCard& base) {
  return base.name.empty() ? "a model without a name" : fmt::format("'{}'", base.name);
}

/// A base's licences, or those of a config, as entries, so that they are judged as those of images are. Cards of
/// earlier versions have commas between them.
std::vector<dataset::Entry> as_entries(const std::string& licence, const std::string& credit) {
  std::vector<dataset::Entry> entries;
  for (const std::string& part : weights::licence_parts(licence)) {
    const bool is_one = dataset::find_licence(part) != nullptr;
    for (std::size_t begin = 0; begin <= part.size();) {
      const std::size_t end = is_one ? part.size() : std::min(part.find_first_of(",;|", begin), part.size());
      entries.push_back({.licence = part.substr(begin, end - begin), .attribution = credit});
      begin = end + 1;
    }
  }
  return entries;
}

bool asks_nothing(const std::string& licence) {
  const dataset::Verdict verdict = dataset::judge_licences(as_entries(licence, "-"));
  return verdict.unknown == 0 && verdict.commercial && verdict.derivatives && !verdict.attribution &&
         !verdict.share_alike;
}

/// Nothing is known of the images but what the config says: then a person answers for them.
bool by_config(const RunConfig& config, const RunImages& found) {
  return !config.licence.empty() && !found.has_manifest;
}

/// What the manifests and the config ask for: one entry per licence, and one per image that lacks a credit.
std::vector<dataset::Entry> entries_of(const RunConfig& config, const RunImages& found) {
  std::vector<dataset::Entry> entries;
  if (!config.licence.empty()) entries = as_entries(config.licence, "-");
  if (by_config(config, found)) return entries;
  std::int64_t uncredited = found.verdict.uncredited;
  for (const auto& group : found.verdict.groups) {
    entries.push_back({.licence = group.licence, .attribution = "-"});
    const dataset::Licence* licence = dataset::find_licence(group.licence);
    if (licence == nullptr || !licence->attribution) continue;
    for (; uncredited > 0; --uncredited) entries.push_back({.licence = group.licence});
  }
  return entries;
}

/// What images and config allow together. Empty: a person answers for it, or the config's licence is not a known one.
std::string sentence_without_base(const RunConfig& config, const RunImages& found) {
  if (by_config(config, found)) return "";
  if (config.licence.empty() || found.verdict.unknown > 0) return found.verdict.sentence;
  const dataset::Verdict together = dataset::judge_licences(entries_of(config, found));
  return together.unknown > 0 ? "" : together.sentence;
}

/// What images and base allow together.
std::string sentence_with(const weights::ModelCard& base, const RunConfig& config, const RunImages& found) {
  std::vector<dataset::Entry> entries = as_entries(base.licence, name_of(base));
  if (dataset::judge_licences(entries).unknown > 0) {
    return fmt::format("What it may be used for is not known: it goes on from {}, whose licence {}.", name_of(base),
                       base.licence.empty() ? "nobody has named" : fmt::format("is '{}'", base.licence));
  }
  const std::string start = fmt::format("It goes on from {} ({}).", name_of(base), base.licence);
  if (found.verdict.unknown > 0 && !by_config(config, found)) return found.verdict.sentence + " " + start;
  std::ranges::move(entries_of(config, found), std::back_inserter(entries));
  const dataset::Verdict together = dataset::judge_licences(entries);
  return together.unknown > 0 ? start : together.sentence + " " + start;
}

std::string licences_of_images(const dataset::Verdict& verdict) {
  std::vector<std::string> all;
  for (const auto& group : verdict.groups) all.push_back(group.licence);
  return verdict.licence.empty() ? "" : weights::all_licences(all);
}

std::string data_text(const RunConfig& config, const RunImages& found) {
  std::string text = config.data;
  if (text.empty()) {
    for (const auto* folders : {&config.style, &config.photos}) {
      for (const auto& path : *folders) append(text, ", ", path.lexically_normal().filename().string());
    }
    for (const auto& group : found.verdict.groups) {
      append(text, "; ", fmt::format("{} of licence {}", group.images, group.licence));
    }
  }
  if (found.base && !found.base->data.empty()) {
    append(text, "; ", fmt::format("before that, for {}: {}", name_of(*found.base), found.base->data));
  }
  return text;
}

}  // namespace

Rights rights_of(const RunConfig& config, const RunImages& found) {
  Rights rights{.licence = config.licence.empty() ? licences_of_images(found.verdict) : config.licence,
                .attribution = config.attribution.empty() ? found.verdict.attribution_text : config.attribution,
                .sentence = sentence_without_base(config, found)};
  if (!found.base) return rights;
  const weights::ModelCard& base = *found.base;
  rights.attribution = weights::all_credits(std::array{rights.attribution, base.attribution});
  if (asks_nothing(base.licence)) return rights;
  rights.sentence = sentence_with(base, config, found);
  rights.licence = weights::all_licences(std::array{rights.licence, base.licence});  // unknown if the base's is
  return rights;
}

void fill_card(weights::ModelCard& card, const RunConfig& config, const RunImages& found, std::int64_t step,
               const std::string& changes) {
  const Rights rights = rights_of(config, found);
  card.name = config.name;
  card.title = config.title;
  card.licence = rights.licence;
  card.attribution = rights.attribution;
  card.data = data_text(config, found);
  card.limits = config.limits;
  if (config.sized_for > 0) card.sized_for = config.sized_for;
  append(card.limits, " ", rights.sentence);
  card.recipe = fmt::format(
      "genga-train, method {}, {} of {} steps ({} warm-up), batch {}, crop {} px, seed {}{}", config.method, step,
      std::max(config.steps, step), config.warmup, config.batch, config.crop, config.seed,
      config.init_from.empty() ? "" : ", from " + std::filesystem::path(config.init_from).filename().string());
  append(card.recipe, "; ", changes);
}

std::optional<weights::ModelCard> base_card(const RunConfig& config) {
  std::vector<weights::ModelCard> cards;
  if (!config.init_from.empty()) cards.push_back(read_base(config.init_from).card);
  const auto parent = config.options.find("parent");
  const auto* file = parent == config.options.end() ? nullptr : std::get_if<std::string>(&parent->second);
  if (file != nullptr && !file->empty()) cards.push_back(read_base(*file, "parent").card);
  if (cards.empty()) return {};
  if (cards.size() == 1) return cards.front();
  const weights::ModelCard &a = cards.front(), &b = cards.back();
  weights::ModelCard both;
  both.name = a.name + " and " + b.name;
  both.licence = weights::all_licences(std::array{a.licence, b.licence});
  both.attribution = weights::all_credits(std::array{a.attribution, b.attribution});
  both.data = a.data;
  append(both.data, "; ", b.data);
  return both;
}

}  // namespace genga::train
