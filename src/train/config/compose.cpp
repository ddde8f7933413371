// A config from all that it is made of: defaults, presets, a document, flags.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/train.h"
#include "train/config/aliases.h"
#include "train/config/split.h"
#include "train/method.h"

namespace genga::train {
namespace {

/// "; did you mean 'animegan_v2_hayao'?" for "animegan_v2_hayo" and for "hayao".
std::string nearest_preset(std::string_view word) {
  std::vector<std::string> names, last_words;
  for (const Preset& preset : presets()) {
    names.emplace_back(preset.name);
    last_words.push_back(names.back().substr(names.back().rfind('_') + 1));  // npos + 1 is 0
  }
  if (const std::string whole = did_you_mean(word, names); !whole.empty()) return whole;
  const auto last_word = nearest_name(word, last_words);
  if (!last_word) return "";
  const auto at = std::ranges::find(last_words, *last_word) - last_words.begin();
  return fmt::format("; did you mean '{}'?", names[static_cast<std::size_t>(at)]);
}

const Preset& find_preset(std::string_view name) {
  const auto found = std::ranges::find(presets(), name, &Preset::name);
  if (found != presets().end()) return *found;
  fail(ErrorCode::kNotFound, "preset: '{}' is not known{}; genga-train methods lists them", name, nearest_preset(name));
}

void apply_preset(RunConfig& config, std::string_view name) {
  const Preset& preset = find_preset(name);
  apply_toml(config, preset.toml, "preset " + std::string(preset.name));
}

void apply_own(RunConfig& config, std::string_view toml, std::string_view source, std::span<const Flag> flags) {
  if (!toml.empty()) apply_toml(config, toml, source);
  for (const auto& [field, text] : flags) set_field(config, *field, text);
}

}  // namespace

RunConfig compose(std::string_view toml, std::string_view source, std::span<const Flag> flags) {
  // A preset may name the method (animegan_v2_hayao does) unless the document or a flag does.
  RunConfig wish;
  wish.method.clear();
  apply_own(wish, toml, source, flags);
  std::vector<std::string> names = split(wish.preset, ',');
  for (std::string& name : names) name = current_preset(name);
  std::string method = wish.method;
  for (const std::string& name : names) {
    RunConfig trial;
    trial.method.clear();
    apply_preset(trial, name);
    if (wish.method.empty() && !trial.method.empty()) method = trial.method;
    if (!wish.method.empty() && !trial.method.empty() && trial.method != wish.method) {
      fail(ErrorCode::kInvalidArgument, "preset: '{}' is for method '{}', but the method is '{}'", name, trial.method,
           wish.method);
    }
  }
  RunConfig config;
  if (!method.empty()) config.method = find_method(method).name;
  apply_preset(config, config.method);
  for (const std::string& name : names) apply_preset(config, name);
  apply_own(config, toml, source, flags);
  config.preset = fmt::format("{}", fmt::join(names, ","));
  return config;
}

}  // namespace genga::train
