// start_run, resume_run, plan_run: what is checked and opened, in which order, before a trainer runs.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <optional>

#include "genga/error.h"
#include "genga/graph.h"
#include "genga/thread_pool.h"
#include "genga/train.h"
#include "loader/loader.h"
#include "torchnet/compute.h"
#include "train/distributed/world.h"
#include "train/observe/run_history.h"
#include "train/run/card.h"
#include "train/run/recorder.h"
#include "train/run/resume.h"
#include "train/run/trainer.h"

namespace genga::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTimedSteps = 3;
constexpr int kLookSeconds = 30;

/// Median seconds of a few steps numbered from `first`; one step before them pays for set-up.
double time_steps(Method& method, const Images& images, std::uint64_t seed, std::int64_t first) {
  std::vector<double> seconds;
  for (int i = 0; i <= kTimedSteps; ++i) {
    const auto begin = Clock::now();
    StepContext context(seed, first + i);
    method.step(images, context);
    if (i > 0) seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::ranges::nth_element(seconds, seconds.begin() + kTimedSteps / 2);
  return seconds[kTimedSteps / 2];
}

template <class Work>
double seconds_of(const Work& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::int64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

/// Everything that can be wrong before a file is written.
void prepare(const RunConfig& config) {
  check(config);
  const std::optional<Launch> launch = find_launch();
  torchnet::use_gpu(launch ? launch->local_rank : 0);
  set_up_torch(config);
}

/// Meets the other processes of a distributed run. Throws Error: kInvalidArgument.
World join(const RunConfig& config) {
  World world = join_world({.device = torchnet::find_compute(config.device, config.precision).device});
  if (config.batch % world.count() != 0) {
    fail(ErrorCode::kInvalidArgument, "batch: is {}, expected a multiple of the {} processes that share it",
         config.batch, world.count());
  }
  return world;
}

/// The path of a file in a config. "none" is no file, nor is "base" for init_from.
void make_absolute(RunConfig& config, const Field& field) {
  std::string* file = nullptr;
  if (const auto* member = std::get_if<std::string RunConfig::*>(&field.member)) file = &(config.*(*member));
  if (const auto option = config.options.find(field.name); option != config.options.end()) {
    file = std::get_if<std::string>(&option->second);
  }
  if (file != nullptr && !file->empty() && *file != "none" && !(field.name == "init_from" && *file == kBase))
    *file = std::filesystem::absolute(*file).string();
}

/// A run may be resumed from another folder than it was started in.
RunConfig with_absolute_paths(RunConfig config) {
  for (Paths* paths : {&config.photos, &config.style}) {
    for (std::filesystem::path& path : *paths) path = std::filesystem::absolute(path);
  }
  for (const Field& field : fields()) {
    if (field.value == "FILE") make_absolute(config, field);
  }
  return config;
}

/// Decodes every image as a run would, and says which are skipped or too small. Ends after kLookSeconds, and says so.
std::vector<std::string> look_at_all(loader::ImageStore& photos, loader::ImageStore& styles) {
  const auto begin = Clock::now();
  const auto late = [&] { return std::chrono::duration<double>(Clock::now() - begin).count() > kLookSeconds; };
  std::vector<std::string> notes;
  ThreadPool pool(available_cores());
  for (loader::ImageStore* store : {&styles, &photos}) {
    std::atomic<std::int64_t> n_seen = 0;
    TaskGroup tasks(pool);
    for (std::int64_t i = 0; i < store->size(); ++i) {
      tasks.add([&, i] {
        if (late()) return;
        store->get(i);
        ++n_seen;
      });
    }
    tasks.wait();
    for (const auto& item : store->take_skipped()) notes.push_back(note_of("skipped", item));
    for (const auto& item : store->take_small()) notes.push_back(note_of("small", item));
    if (n_seen == store->size()) continue;
    notes.push_back(fmt::format("looked at {} of {} {} only, for {} s; genga data clean looks at all", n_seen.load(),
                                store->size(), store == &styles ? "style images" : "photos", kLookSeconds));
  }
  return notes;
}

/// Throws Error: kIo if the disk has no room for the next checkpoint (RunFolder); says so if it has none for all.
void check_space(const RunConfig& config, const RunFolder& folder, const Method& method, const RunOptions& options) {
  std::int64_t bytes = 0;
  for (const auto& [name, tensor] : method.state()) bytes += static_cast<std::int64_t>(tensor.bytes.size());
  bytes += bytes / 4;  // the model beside the state
  const std::int64_t n =
      std::min<std::int64_t>(RunFolder::n_kept(config.keep), config.steps / config.checkpoint_every + 1);
  const std::string note = folder.check_space(bytes, n);
  if (!note.empty() && options.on_note) options.on_note(note);
}

/// The card of the model that a run began from, of which the file may be gone. Checkpoints of earlier versions do not
/// hold it.
std::optional<weights::ModelCard> base_of(const RunConfig& config, const Checkpoint& checkpoint) {
  if (checkpoint.base || config.init_from.empty()) return checkpoint.base;
  try {
    return base_card(config);
  } catch (const Error&) {
    weights::ModelCard unknown;
    unknown.name = std::filesystem::path(config.init_from).stem().string();
    return unknown;
  }
}

}  // namespace

void start_run(const RunConfig& config, const std::filesystem::path& run, const RunOptions& options) {
  prepare(config);
  const RunConfig lasting = with_absolute_paths(config);
  // Before the folder is made: what is wrong must leave nothing behind.
  RunImages images = find_images(lasting);
  images.base = base_card(lasting);
  std::unique_ptr<Method> method = make_method(lasting);
  World world = join(lasting);
  method->average_over(world);
  const RunFolder folder(run);
  RunClaim claim;
  if (world.is_first()) {
    check_space(lasting, folder, *method, options);
    folder.create();
    claim = folder.claim();
    write_file(folder.config_file(), to_toml(lasting));
  }
  Trainer(lasting, std::move(images), folder, std::move(method), options, world).run();
}

void resume_run(const RunConfig& given, const std::filesystem::path& run, const RunOptions& options) {
  prepare(given);
  const RunConfig config = with_absolute_paths(given);
  const RunFolder folder(run);
  RunConfig start = config;
  if (folder.has_checkpoint()) start.init_from.clear();  // all in the checkpoint; the file may be gone
  std::unique_ptr<Method> method = make_method(start);
  World world = join(config);
  method->average_over(world);
  const RunClaim claim = world.is_first() ? folder.claim() : nullptr;
  if (world.is_first()) check_space(config, folder, *method, options);
  if (world.is_first()) folder.complete();
  std::optional<Loaded> loaded;  // none: it was stopped before its first, and starts from the beginning
  if (world.is_first() && folder.has_checkpoint()) {
    loaded = folder.load_latest();
    try {
      method->set_state(loaded->checkpoint.state);  // before anything is written: it may be another network's
    } catch (const Error& error) {
      throw error.with_context(
          fmt::format("'{}': its checkpoint is of other networks than the config's", run.string()));
    }
  }
  if (loaded && loaded->checkpoint.step > config.steps) {
    fail(ErrorCode::kInvalidArgument,
         "steps: is {}, but '{}' has done {} already; expected at least as many (what an earlier step gave is in {})",
         config.steps, run.string(), loaded->checkpoint.step, (run / "checkpoints").string());
  }
  if (loaded && method->study_batches() > 0) {
    fail(ErrorCode::kInvalidArgument,
         "measure_style: '{}' has {} steps without it, and would go on with another target; start a new run",
         run.string(), loaded->checkpoint.step);
  }
  RunImages images = find_images(config);
  images.base = loaded ? base_of(config, loaded->checkpoint) : base_card(start);
  std::vector<Change> changes;
  if (loaded) {
    const Checkpoint& checkpoint = loaded->checkpoint;
    changes = config_changes(with_absolute_paths(config_of(checkpoint, run)), config, checkpoint.step);
    std::ranges::move(image_changes(read_history(folder.log_file()), images, checkpoint), std::back_inserter(changes));
  }
  Trainer trainer(config, std::move(images), folder, std::move(method), options, world);
  if (loaded) trainer.restore(std::move(*loaded), changes);
  if (world.is_first()) write_file(folder.config_file(), to_toml(config));
  trainer.run();
}

RunPlan plan_run(const RunConfig& config) {
  prepare(config);
  RunImages found = find_images(config);
  found.base = base_card(config);
  RunPlan plan;
  plan.n_photos = static_cast<std::int64_t>(found.photos.training.size());
  plan.n_held_out = static_cast<std::int64_t>(found.photos.held_out.size());
  plan.n_styles = static_cast<std::int64_t>(found.styles.size());
  plan.n_dropped = found.n_dropped;
  const Rights rights = rights_of(config, found);
  plan.licences = rights.sentence.empty() ? found.verdict.sentence : rights.sentence;
  plan.credit = rights.attribution;
  plan.image_bytes = parse_bytes(config.image_memory);

  const std::unique_ptr<Method> method = make_method(config);
  for (const auto& [name, graph] : method->networks()) {
    const ir::Input& input = graph->input();
    const ir::Shape shape{1, input.channels, input.height > 0 ? input.height : config.crop,
                          input.width > 0 ? input.width : config.crop};
    plan.networks.push_back({name, ir::count_parameters(*graph), ir::count_macs(*graph, shape)});
  }
  loader::ImageStore photos(found.photos.training,
                            store_options(config, find_method(config.method).needs.photo_margin));
  loader::ImageStore styles(found.styles, store_options(config));
  const loader::LoaderOptions loading = loader_options(config, 0);
  Images images = to_device(to_images(loader::make_batch(photos, styles, loading, 0), loading),
                            torchnet::find_compute(config.device, config.precision).device);
  const auto seed = static_cast<std::uint64_t>(config.seed);
  // Cutting and preparing go on beside the step before, so that the longest of them counts.
  double prepare_seconds =
      seconds_of([&] { loader::make_batch(photos, styles, loading, 1); }) / config.loader_threads / config.batch_reuse;
  if (images.photo.defined() && images.photo.is_cpu()) {
    prepare_seconds = std::max(prepare_seconds, seconds_of([&] { method->prepare(images); }) / config.batch_reuse);
  }
  plan.warmup_step_seconds = std::max(time_steps(*method, images, seed, 0), prepare_seconds);
  plan.step_seconds = std::max(time_steps(*method, images, seed, config.warmup), prepare_seconds);
  const auto warmup = static_cast<double>(std::min(config.warmup, config.steps));
  plan.total_seconds =
      warmup * plan.warmup_step_seconds + (static_cast<double>(config.steps) - warmup) * plan.step_seconds;
  plan.peak_bytes = peak_resident_bytes();
  plan.notes = look_at_all(photos, styles);
  for (const dataset::Skipped& item : found.skipped) plan.notes.push_back(note_of("skipped", item));
  return plan;
}

}  // namespace genga::train
