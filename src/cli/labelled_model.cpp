#include "cli/labelled_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/inputs.h"
#include "genga/sample.h"
#include "genga/stylize.h"

namespace genga::cli {
namespace {

std::string default_noise_style() {
  for (const auto& style : stylize::embedded_styles()) {
    const std::string name(style.name);
    if (sample::latent_size(stylize::open_style(name).graph)) return name;
  }
  fail(ErrorCode::kNotFound,
       "no style that makes pictures from noise is built in; give one with -m FILE (genga train --method deligan makes "
       "one)");
}

}  // namespace

std::vector<LabelledModel> open_models(std::span<const std::string> styles, std::span<const std::string> files) {
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
  for (const auto& name : styles) add(stylize::open_style(name), name);
  for (const auto& file : files) add(weights::read_model_file(file), std::filesystem::path(file).stem().string());
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
  LabelledModel model = open_models(styles, files).front();
  if (!sample::latent_size(model.model.graph)) {
    fail(ErrorCode::kUnsupported, "model '{}' does not make pictures from noise; for photos use genga stylize",
         model.label);
  }
  return model;
}

void check_takes_photos(const LabelledModel& model) {
  if (!sample::latent_size(model.model.graph)) return;
  fail(ErrorCode::kUnsupported, "model '{}' makes pictures from noise and takes no photos; use genga sample",
       model.label);
}

}  // namespace genga::cli
