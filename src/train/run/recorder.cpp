// What a run writes, and when.
#include "train/run/recorder.h"

#include <utility>

#include "genga/error.h"
#include "train/run/preview.h"
#include "train/run/resume.h"
#include "train/run/trainer.h"

namespace genga::train {

std::string note_of(std::string_view event, const dataset::Skipped& item) {
  const std::string quoted = fmt::format("'{}'", item.path.string());
  if (item.reason.starts_with(quoted)) return fmt::format("{} {}", event, item.reason);
  return fmt::format("{} {}: {}", event, quoted, item.reason);
}

Recorder::Recorder(const RunConfig& config, RunFolder folder, const RunOptions& options, bool writes,
                   const std::vector<std::filesystem::path>& preview_photos, std::vector<dataset::Skipped>& skipped)
    : config_(config), folder_(std::move(folder)), options_(options), writes_(writes) {
  if (!writes_) return;
  PreviewPhotos shown = read_preview_photos(preview_photos, config_.preview_images, config_.preview_px);
  preview_photos_ = std::move(shown.photos);
  skipped.insert(skipped.end(), shown.skipped.begin(), shown.skipped.end());
  log_.emplace(folder_.log_file());
  events_.emplace(folder_.events_folder());
}

void Recorder::start(std::int64_t step, const RunImages& images) {
  if (!writes_) return;
  log_->write({{"event", "start"},
               {"step", step},
               {"photos", images.photos.training.size()},
               {"held_out", images.photos.held_out.size()},
               {"styles", images.styles.size()},
               {"images", image_hash(images)},
               {"config", config_hash(to_toml(config_))}});
  events_->restart(step);
}

void Recorder::step(const StepRecord& record, const Method& method) {
  if (!writes_) return;
  if (record.step % config_.log_every == 0) {
    const std::int64_t memory = resident_bytes();
    nlohmann::ordered_json line{{"event", "step"},
                                {"step", record.step},
                                {"rate", record.rate},
                                {"images_per_second", record.images_per_second},
                                {"memory", memory}};
    if (!record.phase.empty()) line["phase"] = record.phase;
    for (const auto& [name, value] : record.terms) line[name] = value;
    log_->write(std::move(line));
    Terms scalars = record.terms;
    scalars.emplace_back("images_per_second", record.images_per_second);
    scalars.emplace_back("memory", static_cast<double>(memory));
    events_->scalars(record.step, scalars);
  }
  if (config_.histogram_every > 0 && record.step % config_.histogram_every == 0) histograms(record.step, method);
  if (!options_.on_step) return;
  options_.on_step({.step = record.step,
                    .n_steps = config_.steps,
                    .terms = record.terms,
                    .images_per_second = record.images_per_second,
                    .seconds_left = record.seconds_left,
                    .phase = record.phase});
}

void Recorder::histograms(std::int64_t step, const Method& method) {
  method.each_gradient([&](const std::string& name, const at::Tensor& gradient) {
    const at::Tensor flat = gradient.detach().to(at::kCPU, at::kFloat).contiguous();
    events_->histogram(step, "gradients/" + name, {flat.data_ptr<float>(), static_cast<std::size_t>(flat.numel())});
  });
}

void Recorder::damaged(const std::vector<std::string>& checkpoints, const std::string& reason, std::int64_t used_step) {
  if (!writes_) return;
  for (const std::string& checkpoint : checkpoints) {
    folder_.set_aside(checkpoint);
    log_->write({{"event", "damaged"}, {"checkpoint", checkpoint}, {"to", used_step}});
  }
  note(fmt::format("{}; going on from step {}, the damaged checkpoint is kept as {}.damaged", reason, used_step,
                   checkpoints.front()));
}

void Recorder::rollback(std::int64_t step, const std::string& term, std::int64_t to, double rate) {
  if (!writes_) return;
  log_->write({{"event", "rollback"}, {"step", step}, {"term", term}, {"to", to}, {"rate", rate}});
  events_->restart(to);
}

void Recorder::checkpoint(const Checkpoint& checkpoint, const weights::Model& model) {
  if (!writes_) return;
  folder_.save(checkpoint, model, config_.keep);
  log_->write({{"event", "checkpoint"}, {"step", checkpoint.step}});
}

void Recorder::name(const char* event, const std::vector<dataset::Skipped>& images) {
  if (!writes_) return;
  for (const dataset::Skipped& item : images) {
    if (!named_.insert(event + item.path.string()).second) continue;  // a preview found it too
    log_->write({{"event", event}, {"path", item.path.string()}, {"reason", item.reason}});
    note(note_of(event, item));
  }
}

void Recorder::skipped(const std::vector<dataset::Skipped>& images) {
  name("skipped", images);
}

void Recorder::small(const std::vector<dataset::Skipped>& images) {
  name("small", images);
}

bool Recorder::preview_is_due() const {
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - last_preview_;
  return writes_ && config_.preview_minutes > 0 && since.count() > config_.preview_minutes * 60;
}

void Recorder::preview(std::int64_t step, Method& method) {
  last_preview_ = std::chrono::steady_clock::now();
  if (!writes_) return;
  const std::filesystem::path path = folder_.preview_file(step);
  if (!find_method(config_.method).needs.photo) {
    events_->image(step, "preview",
                   write_grid(path, method, config_.preview_images, static_cast<std::uint64_t>(config_.seed)));
  } else if (!preview_photos_.empty()) {
    events_->image(step, "preview", write_preview(path, method, preview_photos_));
  } else {
    return;
  }
  events_->flush();
  note(fmt::format("step {}: preview {}", step, path.string()));
  try {
    write_report(folder_.path());
  } catch (const Error& error) {  // a run does not end for its page
    note(fmt::format("no report: {}", error.what()));
  }
}

void Recorder::end(std::int64_t step, double seconds, Method& method, const weights::Model& model) {
  if (!writes_) return;
  weights::write_model_file(folder_.model_file(), model);
  log_->write({{"event", "end"}, {"step", step}, {"seconds", seconds}});
  preview(step, method);
}

void Recorder::note(const std::string& text) const {
  if (writes_ && options_.on_note) options_.on_note(text);
}

}  // namespace genga::train
