// All that a run leaves for people: log.jsonl, TensorBoard's events, previews, report.html, checkpoints, the model. Of
// several ranks only the first writes; the others' recorders do nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "genga/dataset.h"
#include "genga/image.h"
#include "genga/train.h"
#include "train/method.h"
#include "train/observe/event_file.h"
#include "train/run/run_folder.h"
#include "train/run/run_log.h"

namespace genga::train {

struct RunImages;

/// An event of one image in a sentence: "skipped 'a.jpg': the image is broken".
std::string note_of(std::string_view event, const dataset::Skipped& item);

/// What is told of one step.
struct StepRecord {
  std::int64_t step = 0;  // steps done
  double rate = 1, images_per_second = 0, seconds_left = 0;
  std::string_view phase{};
  const Terms& terms;
};

class Recorder {
 public:
  /// preview_photos: files of which some are shown on previews; unreadable ones join `skipped`.
  Recorder(const RunConfig& config, RunFolder folder, const RunOptions& options, bool writes,
           const std::vector<std::filesystem::path>& preview_photos, std::vector<dataset::Skipped>& skipped);

  void start(std::int64_t step, const RunImages& images);
  void step(const StepRecord& record, const Method& method);
  /// Checkpoints that cannot be read, and the older one that is used instead; sets them aside.
  void damaged(const std::vector<std::string>& checkpoints, const std::string& reason, std::int64_t used_step);
  void rollback(std::int64_t step, const std::string& term, std::int64_t to, double rate);
  void checkpoint(const Checkpoint& checkpoint, const weights::Model& model);
  void skipped(const std::vector<dataset::Skipped>& images);
  /// Used, although they are smaller than a crop.
  void small(const std::vector<dataset::Skipped>& images);
  /// The preview, its copy in TensorBoard's file, report.html.
  void preview(std::int64_t step, Method& method);
  bool preview_is_due() const;
  /// Preview, model, the log's last line.
  void end(std::int64_t step, double seconds, Method& method, const weights::Model& model);
  void note(const std::string& text) const;

 private:
  void histograms(std::int64_t step, const Method& method);
  void name(const char* event, const std::vector<dataset::Skipped>& images);

  RunConfig config_;
  RunFolder folder_;
  RunOptions options_;
  bool writes_;
  std::vector<image::Image> preview_photos_;
  std::set<std::string> named_;  // images that are told once, with the event
  std::optional<RunLog> log_;
  std::optional<EventFile> events_;
  std::chrono::steady_clock::time_point last_preview_ = std::chrono::steady_clock::now();
};

}  // namespace genga::train
