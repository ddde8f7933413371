// Licences and credits of images and base together, and the card's other lines.
#include "train/run/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
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
  for (std::string part : weights::licence_parts(licence)) {
    for (std::size_t comma = part.find(", "); comma != part.npos; comma = part.find(", ")) {
      entries.push_back({.licence = part.substr(0, comma), .attribution = credit});
      part.erase(0, comma + 2);
    }
    entries.push_back({.licence = part, .attribution = credit});
  }
  return entries;
}

bool asks_nothing(const std::string& licence) {
  const dataset::Verdict verdict = dataset::judge_licences(as_entries(licence, "-"));
  return verdict.unknown == 0 && verdict.commercial && verdict.derivatives && !verdict.attribution &&
         !verdict.share_alike;
}

/// What images and base allow together.
std::string sentence_with(const weights::ModelCard& base, const RunConfig& config, const RunImages& found) {
  std::vector<dataset::Entry> entries = as_entries(base.licence, name_of(base));
  if (dataset::judge_licences(entries).unknown > 0) {
    return fmt::format("What it may be used for is not known: it goes on from {}, whose licence {}.", name_of(base),
                       base.licence.empty() ? "nobody has named" : fmt::format("is '{}'", base.licence));
  }
  const std::string start = fmt::format("It goes on from {} ({}).", name_of(base), base.licence);
  const bool by_config = !config.licence.empty() && !found.has_manifest;  // then a person answers for the images
  if (found.verdict.unknown > 0 && !by_config) return found.verdict.sentence + " " + start;
  if (by_config) {
    for (dataset::Entry& entry : as_entries(config.licence, "-")) entries.push_back(std::move(entry));
  } else {
    for (const auto& group : found.verdict.groups) {
      entries.push_back({.licence = group.licence, .attribution = group.credits.empty() ? "" : group.credits.front()});
    }
  }
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
                .sentence = config.licence.empty() || found.has_manifest ? found.verdict.sentence : ""};
  if (!found.base) return rights;
  const weights::ModelCard& base = *found.base;
  rights.attribution = weights::all_credits(std::array{rights.attribution, base.attribution});
  if (asks_nothing(base.licence)) return rights;
  rights.sentence = sentence_with(base, config, found);
  if (base.licence.empty()) {
    rights.licence = config.licence;  // a person's word for what nobody knows
  } else {
    rights.licence = weights::all_licences(std::array{rights.licence, base.licence});
  }
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
  card.sized_for = config.sized_for;
  append(card.limits, " ", rights.sentence);
  card.recipe = fmt::format(
      "genga-train, method {}, {} of {} steps ({} warm-up), batch {}, crop {} px, seed {}{}", config.method, step,
      std::max(config.steps, step), config.warmup, config.batch, config.crop, config.seed,
      config.init_from.empty() ? "" : ", from " + std::filesystem::path(config.init_from).filename().string());
  append(card.recipe, "; ", changes);
}

std::optional<weights::ModelCard> base_card(const RunConfig& config) {
  if (config.init_from.empty()) return {};
  return read_base(config.init_from).card;
}

}  // namespace genga::train
