// Which checkpoint is best: images that a style makes of photos, measured against drawings and against the photos.
//
// Usual calls:  auto models = find_models({"runs/a"});
//               Report report = evaluate(models, {.photos = photos, .style = drawings}, {});
//               write_file("report.html", html_report(report));
// What each number means: docs/evaluation.md, Metric::meaning, and the files of src/eval, one measure a file.
// Deterministic. Threads: one evaluation at a time. Does not: train, choose images (give it held-out ones).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "genga/base.h"
#include "genga/image.h"

namespace genga::eval {

/// A model to evaluate.
struct EvalModel {
  std::string label;  // unique
  std::string model;  // style name or model file
};
/// From style names, model files and folders: of a run (its checkpoints in order of step, and its result if that is
/// none of them) or of model files. Throws Error: kNotFound (nothing there, with the nearest style), kInvalidArgument
/// (no argument).
std::vector<EvalModel> find_models(std::span<const std::string> arguments);

struct EvalInputs {
  std::vector<std::filesystem::path> photos;  // that the models have not seen
  std::vector<std::filesystem::path> style;   // drawings to come close to
  std::filesystem::path features{};           // network for FD- and KD-; empty: none
  std::filesystem::path inception{};          // Inception-v3 for FID and KID; empty: none
  std::filesystem::path video{};              // for the warping error; empty: none
};

struct EvalOptions {
  int size_px = 256;    // every image is filled and cropped centrally to size_px x size_px; at least 64
  int max_photos = 40;  // more are thinned out evenly, as are style images
  int max_style = 500;
  int max_frames = 40;
  int threads = 0;  // 0: all cores
  int preview_images = 6;
  double min_edges = 0.3;  // models below either bound come last
  double min_structure = 0.6;
  /// Item `index` of `count` ("style images", a label, ...): `done` of `total` pixels.
  std::function<void(int index, int count, const std::string& name, std::int64_t done, std::int64_t total)> progress{};
  const CancelToken* cancel = nullptr;
};

/// One column of the table.
struct Metric {
  std::string name;  // "FD-squeezenet"; stable, used in JSON
  bool low_is_better = true;
  bool ranks = false;  // models are ordered by it
  std::string meaning;
};

struct Row {
  std::string label;
  std::string model, sha256;       // empty for the photos
  std::vector<double> values;      // by metric; NaN: not measured
  std::vector<double> swd_levels;  // SWD from the finest level to the coarsest
  int rank = 0;                    // 1: best; 0: not ranked (the photos, models that failed)
  bool keeps_content = true;
  double seconds_per_image = 0;
  std::string error;                 // why it could not be measured; empty: it was
  std::vector<image::Image> images;  // of some photos, for the HTML report
};

struct Report {
  std::vector<Metric> metrics;
  Row photos;             // the photos themselves: what doing nothing scores
  std::vector<Row> rows;  // best first
  int size_px = 0, n_photos = 0, n_style = 0, n_frames = 0;
  double min_edges = 0, min_structure = 0;
  std::vector<int> level_px;       // of Row::swd_levels
  std::vector<std::string> notes;  // sentences for people: skipped images, small sets
};

/// Throws Error: kInvalidArgument (fewer than two readable photos or style images, options out of range), kCancelled,
/// and as the readers of networks, videos and (if not one of them can be read) models do, before anything is measured.
/// A model that cannot be read or run gets a row with `error`.
Report evaluate(std::span<const EvalModel> models, const EvalInputs& inputs, const EvalOptions& options);

/// Rank and keeps_content of every row without error, and their order: those that keep the photos' content (both
/// bounds) before those that do not; among them by the mean of their ranks in the metrics that rank, ties by the first
/// of these.
void rank(Report& report);

/// One self-contained HTML page: table, what the numbers mean, photos beside results.
std::string html_report(const Report& report);

}  // namespace genga::eval
