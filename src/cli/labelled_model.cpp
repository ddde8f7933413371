#include "cli/labelled_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/inputs.h"
#include "genga/stylize.h"

namespace genga::cli {

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

}  // namespace genga::cli
