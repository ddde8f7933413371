#include "train/trainer.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

#include "genga/base.h"
#include "genga/error.h"
#include "torchnet/torch_guard.h"
#include "train/sheet.h"

namespace genga::train {
namespace {

constexpr int kMaxRollbacks = 3;
constexpr double kRollbackRate = 0.5;

std::vector<std::filesystem::path> concat(std::vector<std::filesystem::path> a,
                                          const std::vector<std::filesystem::path>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

RunPictures find_pictures(const RunConfig& config) {
  RunPictures found;
  if (find_method(config.method).needs.photo) {
    data::Scan photos = data::scan_pictures(config.photos);
    found.photos = data::split_held_out(photos.files);
    found.skipped = std::move(photos.skipped);
  }
  data::Scan styles = data::scan_pictures(config.style);
  found.styles = std::move(styles.files);
  found.skipped.insert(found.skipped.end(), styles.skipped.begin(), styles.skipped.end());
  return found;
}

data::LoaderOptions loader_options(const RunConfig& config, std::int64_t first_batch) {
  const Needs& needs = find_method(config.method).needs;
  return {.batch = config.batch,
          .crop_px = config.crop,
          .photo_margin_px = needs.photo_margin,
          .photo_scale = {config.photo_scale_low, config.photo_scale_high},
          .style_scale = {config.style_scale_low, config.style_scale_high},
          .min_style_contrast = config.style_contrast,
          .with_photo = needs.photo,
          .with_style_smooth = needs.style_smooth,
          .with_photo_segments = needs.photo_segments,
          .smooth_salt = config.smooth_salt,
          .seed = static_cast<std::uint64_t>(config.seed),
          .first_batch = first_batch,
          .threads = config.loader_threads};
}

data::PictureStoreOptions store_options(const RunConfig& config) {
  return {config.max_side, parse_bytes(config.picture_memory) / 2};  // two stores share it
}

Pictures to_pictures(const data::Batch& batch, const data::LoaderOptions& made_with) {
  const auto tensor = [&](const std::vector<float>& values, std::int64_t side) {
    if (values.empty()) return at::Tensor();
    return at::from_blob(const_cast<float*>(values.data()), {made_with.batch, 3, side, side}, at::kFloat)
        .clone(at::MemoryFormat::ChannelsLast);
  };
  const std::int64_t crop = made_with.crop_px;
  return {tensor(batch.photo, crop + 2 * made_with.photo_margin_px), tensor(batch.style, crop),
          tensor(batch.style_smooth, crop), tensor(batch.photo_segments, crop)};
}

std::unique_ptr<Method> make_method(const RunConfig& config) {
  std::unique_ptr<Method> method = find_method(config.method).make(config);
  if (config.init_from.empty()) return method;
  try {
    method->init_from(weights::read_model_file(config.init_from));
  } catch (const Error& error) {
    throw error.with_context(fmt::format("init_from '{}'", config.init_from));
  }
  return method;
}

void set_up_torch(const RunConfig& config) {
  static const bool once = [] {
    at::set_num_interop_threads(1);  // may be called only once a process
    return true;
  }();
  static_cast<void>(once);
  at::set_num_threads(config.threads > 0 ? config.threads : available_cores());
  at::globalContext().setFlushDenormal(true);
}

Trainer::Trainer(const RunConfig& config, RunFolder folder, std::unique_ptr<Method> method, const RunOptions& options)
    : config_(config),
      folder_(std::move(folder)),
      method_(std::move(method)),
      options_(options),
      found_(find_pictures(config)),
      photos_(found_.photos.training, store_options(config)),
      styles_(found_.styles, store_options(config)),
      log_(folder_.log_file()) {
  // With fewer than ten photos none is held out; then the sheet shows training photos.
  const auto& shown = found_.photos.held_out.empty() ? found_.photos.training : found_.photos.held_out;
  SheetPhotos sheet = read_sheet_photos(shown, config_.sheet_pictures, config_.sheet_px);
  sheet_photos_ = std::move(sheet.photos);
  found_.skipped.insert(found_.skipped.end(), sheet.skipped.begin(), sheet.skipped.end());
  good_ = {0, 1, method_->state()};
}

void Trainer::restore(Checkpoint checkpoint) {
  method_->set_state(checkpoint.state);
  step_ = checkpoint.step;
  rate_ = checkpoint.rate;
  good_ = std::move(checkpoint);
}

void Trainer::run() {
  started_ = last_sheet_ = Clock::now();
  log_.write({{"event", "start"},
              {"step", step_},
              {"photos", photos_.size()},
              {"held_out", found_.photos.held_out.size()},
              {"styles", styles_.size()}});
  note_skipped(std::exchange(found_.skipped, {}));
  start_loader();
  while (step_ < config_.steps && !time_is_up()) {
    if (options_.cancel != nullptr && options_.cancel->cancelled()) {
      finish();
      options_.cancel->check();
    }
    if (!step_once()) continue;
    if (step_ % config_.checkpoint_every == 0 && step_ < config_.steps) save_checkpoint();
    const bool sheet_due =
        config_.sheet_minutes > 0 && seconds_between(last_sheet_, Clock::now()) > config_.sheet_minutes * 60;
    if (sheet_due) save_sheet();
  }
  finish();
}

void Trainer::start_loader() {
  loader_.reset();  // the old workers end before the stores are shared again
  loader_.emplace(photos_, styles_, loader_options(config_, step_));
}

bool Trainer::step_once() {
  const Clock::time_point begin = Clock::now();
  const data::Batch batch = loader_->next();
  StepContext context(static_cast<std::uint64_t>(config_.seed), step_, rate_);
  const Terms terms = method_->step(to_pictures(batch, loader_options(config_, step_)), context);
  if (!all_finite(terms)) {
    roll_back(terms);
    return false;
  }
  ++step_;
  const double seconds = seconds_between(begin, Clock::now());
  step_seconds_ = step_seconds_ == 0 ? seconds : step_seconds_ + 0.05 * (seconds - step_seconds_);
  report(terms);
  return true;
}

void Trainer::roll_back(const Terms& terms) {
  const auto bad = std::ranges::find_if(terms, [](const auto& term) { return !all_finite({term}); });
  ++n_rollbacks_;
  log_.write({{"event", "rollback"}, {"step", step_}, {"term", bad->first}, {"to", good_.step}, {"rate", rate_ * 0.5}});
  if (n_rollbacks_ > kMaxRollbacks) {
    fail(ErrorCode::kInternal,
         "step {}: '{}' is not a finite number for the {}th time after step {}; resume with a lower lr, or look at the "
         "pictures",
         step_, bad->first, n_rollbacks_, good_.step);
  }
  note(fmt::format("step {}: '{}' is not finite; back to step {} with half the learning rate", step_, bad->first,
                   good_.step));
  rate_ *= kRollbackRate;
  method_->set_state(good_.state);
  step_ = good_.step;
  start_loader();
}

void Trainer::save_checkpoint() {
  good_ = {step_, rate_, method_->state()};
  n_rollbacks_ = 0;
  folder_.save(good_, model(), config_.keep);
  log_.write({{"event", "checkpoint"}, {"step", step_}});
}

void Trainer::save_sheet() {
  last_sheet_ = Clock::now();
  const std::filesystem::path path = folder_.sheet_file(step_);
  if (find_method(config_.method).source == Source::kNoise) {
    write_grid(path, *method_, config_.sheet_pictures, static_cast<std::uint64_t>(config_.seed));
  } else if (sheet_photos_.empty()) {
    return;
  } else {
    write_sheet(path, *method_, sheet_photos_);
  }
  note(fmt::format("step {}: sheet {}", step_, path.string()));
}

void Trainer::finish() {
  save_checkpoint();
  weights::write_model_file(folder_.model_file(), model());
  save_sheet();
  log_.write({{"event", "end"}, {"step", step_}, {"seconds", seconds_between(started_, Clock::now())}});
}

weights::Model Trainer::model() {
  weights::Model model = method_->result();
  weights::ModelCard& card = model.card;
  card.name = config_.name;
  card.title = config_.title;
  card.licence = config_.licence;
  card.attribution = config_.attribution;
  card.data = config_.data;
  card.limits = config_.limits;
  if (card.data.empty()) {
    for (const auto& path : concat(config_.style, config_.photos)) {
      card.data += (card.data.empty() ? "" : ", ") + path.lexically_normal().filename().string();
    }
  }
  card.recipe =
      fmt::format("genga-train, method {}, {} of {} steps ({} warm-up), batch {}, crop {} px, seed {}", config_.method,
                  step_, config_.steps, config_.warmup, config_.batch, config_.crop, config_.seed);
  return model;
}

void Trainer::report(const Terms& terms) {
  const double images = step_seconds_ > 0 ? config_.batch / step_seconds_ : 0;
  if (step_ % config_.log_every == 0) {
    nlohmann::ordered_json line{{"event", "step"}, {"step", step_}, {"rate", rate_}, {"images_per_second", images}};
    for (const auto& [name, value] : terms) line[name] = value;
    log_.write(line);
    note_skipped(photos_.take_skipped());
    note_skipped(styles_.take_skipped());
  }
  if (!options_.on_step) return;
  double left = step_seconds_ * static_cast<double>(config_.steps - step_);
  if (config_.max_minutes > 0) {
    left = std::min(left, config_.max_minutes * 60 - seconds_between(started_, Clock::now()));
  }
  options_.on_step({step_, config_.steps, terms, images, std::max(left, 0.0)});
}

void Trainer::note_skipped(std::vector<data::Skipped> skipped) {
  for (const data::Skipped& item : skipped) {
    log_.write({{"event", "skipped"}, {"path", item.path.string()}, {"reason", item.reason}});
    note(fmt::format("skipped '{}': {}", item.path.string(), item.reason));
  }
}

void Trainer::note(const std::string& text) const {
  if (options_.on_note) options_.on_note(text);
}

bool Trainer::time_is_up() const {
  return config_.max_minutes > 0 && seconds_between(started_, Clock::now()) > config_.max_minutes * 60;
}

}  // namespace genga::train
