// Styles by name, files and mixes, opened and named apart.
#include "app_genga/labelled_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "app_genga/output_names.h"
#include "app_genga/trained_run.h"
#include "genga/base.h"
#include "genga/error.h"
#include "genga/sample.h"
#include "genga/stylize.h"
#include "genga/text.h"
#include "genga/transform.h"

namespace genga::cli {
namespace {

std::string default_noise_style() {
  for (const auto& style : stylize::embedded_styles()) {
    const std::string name(style.name);
    if (sample::latent_size(stylize::open_style(name).graph)) return name;
  }
  fail(ErrorCode::kNotFound,
       "no style that makes images from noise is built in; give one with -m FILE (genga train --method deligan makes "
       "one)");
}

struct Part {
  std::string name;
  std::optional<double> weight;
};

/// "pepper:0.6" in two; anything else, a path with a colon too, is a name.
Part part_of(const std::string& style) {
  const auto colon = style.rfind(':');
  if (colon == std::string::npos) return {style, {}};
  double weight = 0;
  const char* end = style.data() + style.size();
  const auto [rest, error] = std::from_chars(style.data() + colon + 1, end, weight);
  if (error != std::errc() || rest != end) return {style, {}};
  if (!(weight >= 0) || std::isinf(weight)) {
    fail(ErrorCode::kInvalidArgument, "style '{}': its weight is {}, expected 0 or more", style, weight);
  }
  return {style.substr(0, colon), weight};
}

bool makes_from_noise(const weights::Model& model) {
  return sample::latent_size(model.graph).has_value();
}

/// stylize::open_style(), whose hints only name styles that the command takes.
weights::Model open_named(const std::string& name, bool noise) {
  try {
    return stylize::open_style(name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kNotFound || name.find('/') != std::string::npos || name.ends_with(".safetensors") ||
        stylize::embedded_styles().empty()) {
      throw;
    }
  }
  std::vector<std::string> names;
  for (const auto& style : stylize::embedded_styles()) {
    std::string known(style.name);
    if (makes_from_noise(stylize::open_style(known)) == noise) names.push_back(std::move(known));
  }
  fail(ErrorCode::kNotFound, "style '{}' is neither built in ({}) nor a model file{}", name, fmt::join(names, ", "),
       did_you_mean(to_lower(name), names));
}

weights::Model open_mix(std::span<const std::string> styles) {
  std::vector<weights::Model> models;
  std::vector<double> weights;
  for (const auto& style : styles) {
    const Part part = part_of(style);
    models.push_back(open_named(part.name, false));
    weights.push_back(part.weight.value_or(0));
  }
  return transform::mix_models(models, weights);
}

}  // namespace

bool is_mix(std::span<const std::string> styles) {
  const auto n =
      std::count_if(styles.begin(), styles.end(), [](const auto& s) { return part_of(s).weight.has_value(); });
  if (n != 0 && n != std::ssize(styles)) {
    fail(ErrorCode::kInvalidArgument,
         "styles '{}': some have weights, some none; give each one, as in pepper:0.6,mika:0.4, or none",
         fmt::join(styles, ","));
  }
  return n != 0;
}

std::vector<LabelledModel> open_models(std::span<const std::string> styles, std::span<const std::string> files,
                                       bool noise) {
  std::vector<LabelledModel> models;
  const auto add = [&](weights::Model model, const std::string& fallback) {
    std::string label = safe_label(model.card.name.empty() ? fallback : model.card.name);
    const auto taken = [&](const std::string& name) {
      return std::any_of(models.begin(), models.end(), [&](const LabelledModel& m) { return m.label == name; });
    };
    const std::string base = label;
    for (int k = 2; taken(label); ++k) label = fmt::format("{}-{}", base, k);
    models.push_back({label, std::move(model)});
  };
  if (is_mix(styles)) {
    add(open_mix(styles), "mix");
  } else {
    for (const auto& name : styles) add(open_named(name, noise), name);
  }
  for (const auto& file : files) {
    add(weights::read_model_file(model_file_of(file)), std::filesystem::path(file).stem().string());
  }
  if (models.empty()) add(stylize::open_style(""), "");
  return models;
}

LabelledModel open_noise_model(const std::string& style, const std::string& file) {
  std::vector<std::string> styles, files;
  if (!file.empty()) {
    files.push_back(file);
  } else {
    styles.push_back(style.empty() ? default_noise_style() : style);
  }
  LabelledModel model = open_models(styles, files, true).front();
  if (!makes_from_noise(model.model)) {
    fail(ErrorCode::kUnsupported, "model '{}' does not make images from noise; for photos use genga stylize",
         model.label);
  }
  return model;
}

void check_takes_photos(const LabelledModel& model) {
  if (!sample::latent_size(model.model.graph)) return;
  fail(ErrorCode::kUnsupported, "model '{}' makes images from noise and takes no photos; use genga sample",
       model.label);
}

}  // namespace genga::cli
