// Training a style: a run's config, and the run itself.
//
// Usual calls:  RunConfig config = compose(toml, "my.toml", flags);  check(config);
//               start_run(config, "runs/a", {.cancel = &token, .on_step = draw_bar});
//               resume_run(read_run_config("runs/a"), "runs/a", ...);
// fields() is the one table of all that can be set: TOML keys, command line flags, --help, range checks and the run's
// own config.toml come from it. Its rows are of two kinds: members of RunConfig, which concern every run, and options
// of methods, which each method declares for itself and which lie in RunConfig::options. Names of earlier versions are
// read too (field_aliases, preset_aliases).
// Files of a run: src/train/run/run_folder.h. Same config, seed, machine and thread count: same weights, bit for bit,
// resumed or not. Threads: one run at a time per process. Does not: parse command lines, print, handle signals or set
// environment variables. A program whose runs have several processes ignores SIGPIPE (Gloo writes to connections that a
// dead process has closed) and sets TORCH_NCCL_BLOCKING_WAIT=1, or NCCL_BLOCKING_WAIT=1 before LibTorch 2, for GPUs
// (otherwise a wait for a dead process returns at once, and the next copy from the GPU hangs).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "genga/base.h"

namespace genga::train {

using Paths = std::vector<std::filesystem::path>;

/// What an option of a method holds.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;

struct RunConfig {
  Paths photos, style;
  std::string method = "genga";
  std::string preset, init_from;
  std::int64_t seed = 1;

  int batch = 4;
  int batch_reuse = 1;
  int crop = 128;
  double photo_scale_low = 1.3, photo_scale_high = 3.4;  // sides of crops before reduction, as multiples of `crop`:
  double style_scale_low = 1.0, style_scale_high = 2.2;  // they decide the size of strokes
  double style_contrast = 10;
  int style_choice = 1;
  double smooth_salt = 0;
  int max_side = 1400;
  std::string image_memory = "2G";
  std::string augment = "none";

  std::int64_t steps = 8000;
  std::int64_t warmup = 0;
  double lr = 2e-4, lr_discriminator = 2e-4, lr_warmup = 0;
  std::string schedule = "constant";
  double schedule_from = 0.5, lr_end = 0;
  double beta1 = 0.5, beta1_discriminator = 0.5, beta2 = 0.999;
  double weight_decay = 0;
  double clip = 0;
  double ema = 0;

  /// The method's own options that were set, by name; all others have the defaults that fields() gives.
  std::map<std::string, OptionValue, std::less<>> options;

  int threads = 0;
  int loader_threads = 1;
  std::string device = "auto", precision = "f32";
  std::int64_t checkpoint_every = 500;
  int keep = 3;
  int log_every = 20;
  int histogram_every = 500;
  double preview_minutes = 5;
  int preview_images = 8;
  int preview_px = 640;
  double max_minutes = 0;

  std::string name = "style";
  std::string title, licence, attribution, data, limits;
  int sized_for = 0;
};

/// One row of the table. Numbers must lie in low..high.
struct Field {
  std::string_view name;   // TOML key; the flag is the same with '-' for '_'
  std::string_view group;  // heading in --help
  std::string_view help;
  /// Where the value lies. OptionValue: it is an option of methods, in RunConfig::options; this is its default, and its
  /// type is the option's.
  std::variant<int RunConfig::*, std::int64_t RunConfig::*, double RunConfig::*, bool RunConfig::*,
               std::string RunConfig::*, Paths RunConfig::*, OptionValue>
      member;
  double low = 0, high = 0;
  std::string_view value{};  // of text: "FILE", "FOLDERS", or the words it may be, "a|b|c"; empty for other text
};
/// All rows, by group. Options that several methods have stand here once.
std::span<const Field> fields();

/// "--photo-scale-low"
std::string flag_of(const Field& field);
std::string flag_of(std::string_view name);

/// A name of an earlier version, and the one it has now. Both are understood everywhere.
struct Alias {
  std::string_view old_name, name;
};
/// Of fields: TOML keys and flags (flag_of(old_name)).
std::span<const Alias> field_aliases();
std::span<const Alias> preset_aliases();

/// The field's value as TOML writes it.
std::string value_text(const RunConfig& config, const Field& field);

/// Sets a field from a flag's text; folders stand on lines of their own or between commas (a folder whose name has
/// commas is understood). Throws Error: kInvalidArgument (not a number, out of
/// range), naming the field.
void set_field(RunConfig& config, const Field& field, std::string_view text);
/// Sets the fields that a TOML document names, by their names or old names. Throws Error: kInvalidArgument with
/// `source` and the line for bad syntax, wrong types and unknown keys (with the nearest known one).
void apply_toml(RunConfig& config, std::string_view toml, std::string_view source);
/// A document that apply_toml reads back to the same config: all fields but the options of other methods.
std::string to_toml(const RunConfig& config);

/// A preset: a TOML document that comes with Genga. Every method has one of its own name with its published values.
struct Preset {
  std::string_view name, toml;
};
std::span<const Preset> presets();

/// Config from all it is made of, weakest first: the struct's defaults, the method's preset, the presets it names, the
/// TOML document (may be empty), the flags. Throws Error: kInvalidArgument, kNotFound (method, preset).
using Flag = std::pair<const Field*, std::string>;
RunConfig compose(std::string_view toml, std::string_view source, std::span<const Flag> flags);

/// One row per training method, for people.
struct MethodInfo {
  std::string_view name, summary, source;
  bool from_noise = false;
  std::vector<std::string> fields;  // its own options; the fields that are no options concern every method
};
std::vector<MethodInfo> list_methods();

/// Rules between fields. Throws Error: kInvalidArgument.
void check(const RunConfig& config);
/// The config of the run in a folder. Throws Error: kNotFound, kInvalidArgument.
RunConfig read_run_config(const std::filesystem::path& run);

/// Named numbers of one step: losses; then gradient norms, whose names begin with "grad_".
using Terms = std::vector<std::pair<std::string, double>>;

struct StepReport {
  std::int64_t step = 0, n_steps = 0;  // steps done, steps in all
  const Terms& terms;
  double images_per_second = 0;
  double seconds_left = 0;
  std::string_view phase{};  // what the method does now, "warm-up"; empty if it has no phases
};

/// Calls come on the thread that runs the training.
struct RunOptions {
  const CancelToken* cancel = nullptr;  // checked between steps
  std::function<void(const StepReport&)> on_step;
  std::function<void(const std::string&)> on_note;  // one line for people: a preview, a rollback, a skipped image
};

/// Trains from the beginning in a new folder. Ends with a checkpoint, a preview and RUN/model.safetensors, also when
/// cancelled. Throws Error: kInvalidArgument (config, folder in use, no readable image), kNotFound, kIo, kCancelled;
/// kInternal if losses stay non-finite after three rollbacks.
void start_run(const RunConfig& config, const std::filesystem::path& run, const RunOptions& options);
/// Goes on from the newest checkpoint in the folder, as if the run had never stopped.
void resume_run(const RunConfig& config, const std::filesystem::path& run, const RunOptions& options);

/// Writes RUN/report.html and returns its path: curves, samples, data, events, model card and config of a run, in one
/// file that opens without a network; while the run goes on, too. Needs image::init(). Throws Error: kNotFound (no run
/// there), kInvalidArgument (config.toml is no TOML), kIo.
std::filesystem::path write_report(const std::filesystem::path& run);

struct PlannedNetwork {
  std::string name;
  std::int64_t n_parameters = 0;
  std::int64_t macs = 0;  // of one crop, forward
};

/// What a run would do, measured by a few steps on the real images; writes nothing.
struct RunPlan {
  std::vector<PlannedNetwork> networks;
  std::int64_t n_photos = 0, n_held_out = 0, n_styles = 0;
  std::int64_t n_dropped = 0;                        // images that manifests leave out
  std::string licences{};                            // what the images' licences allow, in a sentence
  std::string credit{};                              // that they ask for; empty if none
  double warmup_step_seconds = 0, step_seconds = 0;  // before and after the discriminators join
  double total_seconds = 0;
  std::int64_t peak_bytes = 0;       // resident, measured; the image cache may still grow
  std::int64_t image_bytes = 0;      // its limit
  std::vector<std::string> notes{};  // images that would be skipped or are too small, one line each
};
RunPlan plan_run(const RunConfig& config);

}  // namespace genga::train
