// A run: images, the loop of steps, rollbacks, checkpoints, the model card.
#include "train/run/trainer.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <sstream>
#include <utility>

#include "genga/base.h"
#include "genga/error.h"
#include "torchnet/compute.h"
#include "torchnet/torch_guard.h"
#include "train/parts/schedule.h"
#include "train/run/card.h"

extern "C" const std::byte genga_base[], genga_base_end[];  // embed_base.cmake

namespace genga::train {
namespace {

constexpr int kMaxRollbacks = 3;
constexpr double kRollbackRate = 0.5;

}  // namespace

RunImages find_images(const RunConfig& config) {
  RunImages found;
  const Needs& needs = find_method(config.method).needs;
  dataset::Scan styles = needs.style ? dataset::scan_images(config.style) : dataset::Scan{};
  std::vector<dataset::Entry> entries = dataset::entries_of(styles.files);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].split != "held_out") found.styles.push_back(std::move(styles.files[i]));
  }
  found.skipped = std::move(styles.skipped);
  found.n_dropped = styles.n_dropped;
  if (needs.photo) {
    dataset::Scan photos = dataset::scan_images(config.photos);
    found.photos = dataset::split_held_out(photos.files);
    found.skipped.insert(found.skipped.begin(), photos.skipped.begin(), photos.skipped.end());
    found.n_dropped += photos.n_dropped;
    for (dataset::Entry& entry : dataset::entries_of(photos.files)) entries.push_back(std::move(entry));
  }
  found.has_manifest = std::ranges::any_of(entries, [](const dataset::Entry& entry) { return !entry.sha256.empty(); });
  found.verdict = dataset::judge_licences(entries);
  return found;
}

loader::LoaderOptions loader_options(const RunConfig& config, std::int64_t first_batch, const Ranks& ranks) {
  const Needs& needs = find_method(config.method).needs;
  return {.batch = config.batch,
          .crop_px = config.crop,
          .photo_margin_px = needs.photo_margin,
          .photo_scale = {config.photo_scale_low, config.photo_scale_high},
          .style_scale = {config.style_scale_low, config.style_scale_high},
          .min_style_contrast = config.style_contrast,
          .style_choice = config.style_choice,
          .with_photo = needs.photo,
          .with_style = needs.style,
          .with_style_smooth = needs.style_smooth,
          .with_photo_segments = needs.photo_segments,
          .smooth_salt = config.smooth_salt,
          .seed = static_cast<std::uint64_t>(config.seed),
          .first_batch = first_batch,
          .threads = config.loader_threads,
          .rank = ranks.rank,
          .ranks = ranks.count};
}

loader::ImageStoreOptions store_options(const RunConfig& config, int margin) {
  return {.max_side_px = config.max_side,
          .crop_px = config.crop + 2 * margin,
          .memory_bytes = parse_bytes(config.image_memory) / 2};  // two stores share it
}

weights::Model read_base(const std::string& file, std::string_view field) {
  try {
    const bool built_in = field == "init_from" && file == kBase;
    return built_in ? weights::read_model({genga_base, genga_base_end}, nullptr) : weights::read_model_file(file);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kNotFound) {
      fail(ErrorCode::kNotFound,
           "{} '{}': there is no such file; a built-in style becomes one by genga convert STYLE -o FILE", field, file);
    }
    throw error.with_context(fmt::format("{} '{}'", field, file));
  }
}

std::unique_ptr<Method> make_method(const RunConfig& config) {
  std::unique_ptr<Method> method = find_method(config.method).make(config);
  if (config.init_from.empty()) return method;
  const weights::Model base = read_base(config.init_from);
  try {
    method->init_from(base);
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

Trainer::Trainer(const RunConfig& config, RunImages images, RunFolder folder, std::unique_ptr<Method> method,
                 const RunOptions& options, World& world)
    : config_(config),
      method_(std::move(method)),
      options_(options),
      world_(world),
      found_(std::move(images)),
      photos_(found_.photos.training, store_options(config, find_method(config.method).needs.photo_margin)),
      styles_(found_.styles, store_options(config)),
      // With fewer than ten photos none is held out; then previews show training photos.
      recorder_(config, std::move(folder), options, world.is_first(),
                found_.photos.held_out.empty() ? found_.photos.training : found_.photos.held_out, found_.skipped) {
  good_.state = method_->state();
}

void Trainer::restore(Loaded loaded, const std::vector<Change>& changes) {
  good_ = std::move(loaded.checkpoint);
  if (!loaded.damaged.empty()) recorder_.damaged(loaded.damaged, loaded.reason, good_.step);
  for (const Change& change : changes) {
    recorder_.note(change.sentence);
    if (!change.for_card.empty()) good_.changes += (good_.changes.empty() ? "" : "; ") + change.for_card;
  }
}

void Trainer::run() {
  started_ = Clock::now();
  share_start();
  recorder_.start(step_, found_);
  recorder_.skipped(std::exchange(found_.skipped, {}));
  if (step_ >= config_.steps) {
    recorder_.note(fmt::format("step {}: all {} steps are done; a larger --steps goes on", step_, config_.steps));
  }
  Flags flags;
  try {
    flags = take_steps();
  } catch (...) {
    try {
      name_images();
    } catch (const Error&) {  // of a full disk, say: what ended the run matters more
    }
    throw;
  }
  finish();
  if (flags.cancelled) fail(ErrorCode::kCancelled, "interrupted");
}

/// To the last step, the time limit or cancellation.
Trainer::Flags Trainer::take_steps() {
  start_loader();
  Flags flags = agree(false);
  while (step_ < config_.steps && !flags.time_is_up && !flags.cancelled) {
    if (!step_once(flags)) continue;
    if (step_ % config_.checkpoint_every == 0 && step_ < config_.steps) save_checkpoint();
    if (flags.preview_is_due) recorder_.preview(step_, *method_);
  }
  return flags;
}

/// Of a new run; later its state holds what was found, and nothing is asked for.
void Trainer::study() {
  const int n = method_->study_batches();
  if (n == 0) return;
  loader::LoaderOptions options = loader_options(config_, 0);
  options.style_choice = 1;  // of all drawings alike, not of those that are like the photos
  options.with_style_smooth = false;
  std::vector<Images> batches;
  for (int i = 0; i < n; ++i) batches.push_back(to_images(loader::make_batch(photos_, styles_, options, i), options));
  recorder_.note(method_->study(batches));
  good_.state = method_->state();
}

/// Everyone begins where the first rank does.
void Trainer::share_start() {
  std::string where = fmt::format("{} {} {}", good_.step, good_.rate, good_.rollbacks);
  world_.expect_same("config", to_toml(config_));
  std::string names;
  for (const auto* files : {&found_.photos.training, &found_.styles}) {
    for (const auto& file : *files) names += file.filename().string() + '\n';
  }
  world_.expect_same("list of images", names);
  if (world_.is_first()) study();
  world_.broadcast(where);
  world_.broadcast(good_.state);
  std::istringstream(where) >> good_.step >> good_.rate >> good_.rollbacks;
  method_->set_state(good_.state);
  step_ = good_.step;
  rate_ = good_.rate;
  n_rollbacks_ = good_.rollbacks;
}

/// Every rollback goes on with other crops and other noise: the same ones might end the same way.
std::uint64_t Trainer::draw_seed() const {
  return static_cast<std::uint64_t>(config_.seed) + static_cast<std::uint64_t>(n_rollbacks_) * 0x9E3779B97F4A7C15U;
}

loader::LoaderOptions Trainer::loading() const {
  loader::LoaderOptions options = loader_options(config_, step_ / config_.batch_reuse, {world_.rank(), world_.count()});
  options.seed = draw_seed();
  return options;
}

void Trainer::start_loader() {
  batch_ = {};
  feed_.reset();  // the old workers end before the stores are shared again
  feed_.emplace(photos_, styles_, loading(), *method_,
                torchnet::find_compute(config_.device, config_.precision).device);
}

Trainer::Flags Trainer::agree(bool not_finite) {
  const std::chrono::duration<double> ran = Clock::now() - started_;
  std::array<bool, 4> flags{options_.cancel != nullptr && options_.cancel->cancelled(),
                            config_.max_minutes > 0 && ran.count() > config_.max_minutes * 60, not_finite,
                            recorder_.preview_is_due()};
  world_.any(flags);
  return {flags[0], flags[1], flags[2], flags[3]};
}

bool Trainer::step_once(Flags& flags) {
  const Clock::time_point begin = Clock::now();
  const std::int64_t use = step_ % config_.batch_reuse;
  if (use == 0 || !batch_.style.defined()) {
    batch_ = feed_->next();
    if (config_.batch_reuse > 1 && !batch_.target.defined()) method_->prepare(batch_);  // on a GPU nothing did
  }
  const Images batch = use % 2 == 0 ? batch_ : mirrored(batch_);
  StepContext context(draw_seed(), step_, rate_, {world_.rank(), world_.count()});
  const Terms terms = method_->step(batch, context);
  flags = agree(!all_finite(terms));
  if (flags.not_finite) {
    roll_back(terms);
    return false;
  }
  ++step_;
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  // The mean of the first steps, then a moving one. The very first sets up threads and memory, and says little.
  ++n_timed_;
  const double weight = n_timed_ <= 2 ? 1 : std::max(0.05, 1.0 / (n_timed_ - 1));
  step_seconds_ += weight * (seconds - step_seconds_);
  report(terms);
  return true;
}

void Trainer::roll_back(const Terms& terms) {
  const auto bad = std::ranges::find_if(terms, [](const auto& term) { return !all_finite({term}); });
  const std::string name = bad == terms.end() ? "another rank's loss" : bad->first;
  ++n_rollbacks_;
  ++n_tries_;
  recorder_.rollback(step_, name, good_.step, rate_ * kRollbackRate);
  if (n_tries_ > kMaxRollbacks) {
    fail(ErrorCode::kInternal,
         "step {}: '{}' is not a finite number for the {}th time after step {}; resume with a lower lr, or look at the "
         "images",
         step_, name, n_tries_, good_.step);
  }
  recorder_.note(
      fmt::format("step {}: '{}' is not finite; back to step {} with half the learning rate", step_, name, good_.step));
  rate_ *= kRollbackRate;
  method_->set_state(good_.state);
  step_ = good_.step;
  start_loader();
}

void Trainer::save_checkpoint() {
  if (images_.empty()) images_ = image_hash(found_);
  good_ = {step_,  rate_, n_rollbacks_, method_->state(), found_.base, std::move(good_.changes), to_toml(config_),
           images_};
  n_tries_ = 0;
  recorder_.checkpoint(good_, model());
}

void Trainer::finish() {
  name_images();
  save_checkpoint();
  recorder_.end(step_, std::chrono::duration<double>(Clock::now() - started_).count(), *method_, model());
}

weights::Model Trainer::model() {
  weights::Model model = method_->result();
  fill_card(model.card, config_, found_, step_, good_.changes);
  return model;
}

void Trainer::report(const Terms& terms) {
  std::vector<double> values;
  for (const auto& [name, value] : terms) values.push_back(value);
  world_.average(values);
  Terms means = terms;
  for (std::size_t i = 0; i < means.size(); ++i) means[i].second = values[i];

  double left = step_seconds_ * static_cast<double>(config_.steps - step_);
  if (config_.max_minutes > 0) {
    const std::chrono::duration<double> ran = Clock::now() - started_;
    left = std::min(left, config_.max_minutes * 60 - ran.count());
  }
  recorder_.step({.step = step_,
                  .rate = rate_ * rate_fraction(schedule_of(config_), step_ - 1, config_.steps),
                  .images_per_second = step_seconds_ > 0 ? config_.batch / step_seconds_ : 0,
                  .seconds_left = std::max(left, 0.0),
                  .phase = method_->phase(step_ - 1),
                  .terms = means},
                 *method_);
  if (step_ % config_.log_every == 0) name_images();
}

/// Those found unreadable or too small since the last call.
void Trainer::name_images() {
  for (loader::ImageStore* store : {&photos_, &styles_}) {
    recorder_.skipped(store->take_skipped());
    recorder_.small(store->take_small());
  }
}

}  // namespace genga::train
