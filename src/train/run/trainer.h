// The loop around a method's step: batches, schedule of files, rollback, interruption.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "genga/dataset.h"
#include "genga/train.h"
#include "loader/loader.h"
#include "train/distributed/world.h"
#include "train/method.h"
#include "train/run/batch_feed.h"
#include "train/run/recorder.h"
#include "train/run/resume.h"
#include "train/run/run_folder.h"

namespace genga::train {

/// The images of a run, found but not yet decoded.
struct RunImages {
  dataset::Split photos{};
  std::vector<std::filesystem::path> styles{};
  std::vector<dataset::Skipped> skipped{};
  std::int64_t n_dropped = 0;                // images that manifests say are not used
  bool has_manifest = false;                 // a manifest says something of at least one of them
  dataset::Verdict verdict{};                // what all their licences allow
  std::optional<weights::ModelCard> base{};  // of the model that the run goes on from (init_from)
};
/// base is left empty. Throws Error: kNotFound, kInvalidArgument (no image there).
RunImages find_images(const RunConfig& config);
loader::LoaderOptions loader_options(const RunConfig& config, std::int64_t first_batch, const Ranks& ranks = {});
/// margin: pixels that filters see around a crop (Needs::photo_margin, for photos).
loader::ImageStoreOptions store_options(const RunConfig& config, int margin = 0);
/// What init_from calls the start that is built in: recipes/base.safetensors.
inline constexpr std::string_view kBase = "base";
/// The model that a field of the config names: a file's, or of init_from kBase. Throws Error: kNotFound with the cure;
/// as read_model_file.
weights::Model read_base(const std::string& file, std::string_view field = "init_from");
/// The method at step 0, with config.init_from's weights if it names a model.
std::unique_ptr<Method> make_method(const RunConfig& config);
/// Thread count of the networks, one inter-op thread, denormals flushed. Idempotent.
void set_up_torch(const RunConfig& config);

class Trainer {
 public:
  /// The folder exists. method: at step 0, averaging over the world, which must live longer. images:
  /// find_images(config).
  Trainer(const RunConfig& config, RunImages images, RunFolder folder, std::unique_ptr<Method> method,
          const RunOptions& options, World& world);
  /// Requires: only on the first rank; the others get it in run(). Says which checkpoints are damaged, and sets them
  /// aside. changes: what the config now says otherwise, a sentence each (resume.h).
  void restore(Loaded loaded, const std::vector<Change>& changes);
  /// Runs to the last step, the time limit or cancellation; then checkpoint, preview, model.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  /// What one rank knows and all must obey.
  struct Flags {
    bool cancelled = false, time_is_up = false, not_finite = false, preview_is_due = false;
  };

  std::uint64_t draw_seed() const;
  loader::LoaderOptions loading() const;
  void study();
  void share_start();
  void start_loader();
  Flags take_steps();
  Flags agree(bool not_finite);
  bool step_once(Flags& flags);
  void roll_back(const Terms& terms);
  void save_checkpoint();
  void finish();
  weights::Model model();
  void report(const Terms& terms);
  void name_images();

  RunConfig config_;
  std::unique_ptr<Method> method_;
  RunOptions options_;
  World& world_;
  RunImages found_;
  std::string images_;  // image_hash
  loader::ImageStore photos_, styles_;
  Recorder recorder_;
  std::optional<BatchFeed> feed_;
  Images batch_;  // of the last batch_reuse steps

  std::int64_t step_ = 0;    // steps done; also the index of the next batch
  double rate_ = 1;          // factor of the learning rates
  int n_rollbacks_ = 0;      // of the whole run
  int n_tries_ = 0;          // rollbacks since the last checkpoint
  Checkpoint good_;          // where a rollback returns to
  double step_seconds_ = 0;  // smoothed
  int n_timed_ = 0;          // steps that went into it
  Clock::time_point started_ = Clock::now();
};

}  // namespace genga::train
