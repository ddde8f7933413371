// The loop around a method's step: batches, schedule of files, rollback, interruption.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "data/loader.h"
#include "data/scan.h"
#include "genga/train.h"
#include "train/method.h"
#include "train/run_folder.h"
#include "train/run_log.h"

namespace genga::train {

/// The pictures of a run, found but not yet decoded.
struct RunPictures {
  data::Split photos;
  std::vector<std::filesystem::path> styles;
  std::vector<data::Skipped> skipped;
};
/// Throws Error: kNotFound, kInvalidArgument (no picture there).
RunPictures find_pictures(const RunConfig& config);
data::LoaderOptions loader_options(const RunConfig& config, std::int64_t first_batch);
data::PictureStoreOptions store_options(const RunConfig& config);
/// Copies, channels_last; undefined where the batch holds nothing.
Pictures to_pictures(const data::Batch& batch, const data::LoaderOptions& made_with);
/// The method at step 0, with config.init_from's weights if it names a model.
std::unique_ptr<Method> make_method(const RunConfig& config);
/// Thread count of the networks, one inter-op thread, denormals flushed. Idempotent.
void set_up_torch(const RunConfig& config);

class Trainer {
 public:
  /// The folder exists. method: at step 0.
  Trainer(const RunConfig& config, RunFolder folder, std::unique_ptr<Method> method, const RunOptions& options);
  void restore(Checkpoint checkpoint);
  /// Runs to the last step, the time limit or cancellation; then checkpoint, sheet, model.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  void start_loader();
  bool step_once();
  void roll_back(const Terms& terms);
  void save_checkpoint();
  void save_sheet();
  void finish();
  weights::Model model();
  void report(const Terms& terms);
  void note_skipped(std::vector<data::Skipped> skipped);
  void note(const std::string& text) const;
  bool time_is_up() const;

  RunConfig config_;
  RunFolder folder_;
  std::unique_ptr<Method> method_;
  RunOptions options_;
  RunPictures found_;
  data::PictureStore photos_, styles_;
  std::vector<image::Image> sheet_photos_;
  RunLog log_;
  std::optional<data::Loader> loader_;

  std::int64_t step_ = 0;    // steps done; also the index of the next batch
  double rate_ = 1;          // learning rate factor
  Checkpoint good_;          // where a rollback returns to
  int n_rollbacks_ = 0;      // since the last checkpoint
  double step_seconds_ = 0;  // smoothed
  Clock::time_point started_, last_sheet_;
};

}  // namespace genga::train
