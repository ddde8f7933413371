// The plan of a run as lines.
#include "app_train/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "cli/terminal.h"
#include "genga/base.h"

namespace genga::cli {
namespace {

/// The preset images_N whose N is nearest in ratio to the number of style images. They were measured for methods
/// from noise (docs/training.md, "How many images"); "" for others, and where the config names one already.
std::string_view preset_for(const train::RunConfig& config, std::int64_t n_styles) {
  constexpr std::string_view kStem = "images_";
  const auto methods = train::list_methods();
  const auto method = std::ranges::find(methods, config.method, &train::MethodInfo::name);
  if (!method->from_noise || config.preset.find(kStem) != std::string::npos) return "";
  std::string_view nearest;
  double min_distance = INFINITY;
  for (const train::Preset& preset : train::presets()) {
    if (!preset.name.starts_with(kStem)) continue;
    const double n = std::stod(std::string(preset.name.substr(kStem.size())));
    const double distance = std::abs(std::log(static_cast<double>(n_styles) / n));
    if (distance < min_distance) nearest = preset.name;
    min_distance = std::min(min_distance, distance);
  }
  return nearest;
}

std::string hours_text(double seconds) {
  return fmt::format("{:.0f} h {:02.0f} min", std::floor(seconds / 3600), std::floor(std::fmod(seconds, 3600) / 60));
}

}  // namespace

std::string plan_text(const train::RunConfig& config) {
  const train::RunPlan plan = train::plan_run(config);
  std::string text;
  const auto line = [&](std::string_view what, const std::string& value) {
    text += fmt::format("{:<10} {}\n", what, printable(value));
  };
  line("images",
       fmt::format("{} photos, {} held out for previews, {} in the style{}", plan.n_photos, plan.n_held_out,
                   plan.n_styles, plan.n_dropped == 0 ? "" : fmt::format("; manifests leave out {}", plan.n_dropped)));
  if (const std::string_view preset = preset_for(config, plan.n_styles); !preset.empty()) {
    line("advice", fmt::format("--preset {}: measured for about so many images", preset));
  }
  line("licences", plan.licences);
  if (!plan.credit.empty()) line("credit", plan.credit);
  for (const auto& network : plan.networks) {
    line("network", fmt::format("{}: {} parameters, {:.2f} GMAC a crop of {} px", network.name, network.n_parameters,
                                static_cast<double>(network.macs) / 1e9, config.crop));
  }
  line("memory", fmt::format("{} resident while training, and up to {} of decoded images",
                             format_bytes(plan.peak_bytes), format_bytes(plan.image_bytes)));
  line("time", fmt::format("{:.2f} s a warm-up step, {:.2f} s a step; {} for {} steps", plan.warmup_step_seconds,
                           plan.step_seconds, hours_text(plan.total_seconds), config.steps));
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(plan.notes.size(), kShown); ++i) text += printable(plan.notes[i]) + "\n";
  if (plan.notes.size() > kShown) text += fmt::format("and {} more like these\n", plan.notes.size() - kShown);
  return text;
}

}  // namespace genga::cli
