// Compares a run's config and images with those it had before.
#include "train/run/resume.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <variant>

#include "train/method.h"
#include "train/observe/run_history.h"
#include "train/parts/schedule.h"
#include "train/run/run_log.h"
#include "train/run/trainer.h"

namespace genga::train {
namespace {

constexpr double kSameRate = 1e-9;

/// Fields that do not change what is learnt.
bool is_aside(const Field& field) {
  return field.group == "Run" || field.group == "Model card" || field.name == "image_memory";
}

/// What the card calls a value: a published card tells nothing of the folders on somebody's disk.
std::string card_text(const RunConfig& config, const Field& field) {
  std::string text = value_text(config, field);
  if (field.value != "FILE") return text;
  const std::size_t slash = text.rfind('/');
  return slash == text.npos ? text : text.front() + text.substr(slash + 1);  // with the quotes
}

}  // namespace

RunConfig config_of(const Checkpoint& checkpoint, const std::filesystem::path& run) {
  if (checkpoint.config.empty()) return read_run_config(run);
  RunConfig config;
  apply_toml(config, checkpoint.config, run.string());
  return config;
}

std::vector<Change> config_changes(const RunConfig& before, const RunConfig& now, std::int64_t step) {
  std::vector<Change> changes;
  bool rate_may_jump = false;
  const MethodRow& method = find_method(now.method);
  for (const Field& field : fields()) {
    const std::string was = value_text(before, field), is = value_text(now, field);
    if (was == is || is_aside(field) || !reads(method, field)) continue;
    const bool of_length = field.name == "steps";                                     // the card names it anyway
    const bool of_images = std::holds_alternative<Paths RunConfig::*>(field.member);  // image_changes says that
    changes.push_back(
        {fmt::format("from step {} on, {} is {}, not {}", step, field.name, is, was),
         of_length || of_images ? "" : fmt::format("from step {} {} {}", step, field.name, card_text(now, field))});
    rate_may_jump |= of_length || field.name.starts_with("schedule") || field.name == "lr_end";
  }
  if (!rate_may_jump || step == 0) return changes;
  const double last = rate_fraction(schedule_of(before), step - 1, before.steps);
  const double next = rate_fraction(schedule_of(now), step, now.steps);
  if (std::abs(next - last) > kSameRate) {
    changes.push_back({fmt::format("so the learning rate goes from {:.3g} to {:.3g} times lr at step {} (schedule {})",
                                   last, next, step, now.schedule),
                       ""});
  }
  return changes;
}

std::string image_hash(const RunImages& images) {
  std::string list;
  for (const auto* files : {&images.photos.training, &images.styles}) {
    for (const std::filesystem::path& file : *files) {
      std::error_code error;
      list += fmt::format("{} {}\n", file.filename().string(), std::filesystem::file_size(file, error));
    }
    list += '\n';
  }
  return config_hash(list);
}

std::vector<Change> image_changes(const RunHistory& history, const RunImages& now, const Checkpoint& checkpoint) {
  const std::string& before = checkpoint.images.empty() ? history.images : checkpoint.images;
  if (before.empty() || before == image_hash(now)) return {};
  const auto counted = [&](std::int64_t n) {  // the log's counts are of the newest start
    return before == history.images ? fmt::format(" (before: {})", n) : "";
  };
  return {{fmt::format("from step {} on, the images are others: {} photos{} and {} style images{}", checkpoint.step,
                       now.photos.training.size(), counted(history.photos), now.styles.size(), counted(history.styles)),
           fmt::format("from step {} other images", checkpoint.step)}};
}

}  // namespace genga::train
