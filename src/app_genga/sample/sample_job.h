// The loop of genga sample: one planned file after the other, failures kept per file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app_genga/labelled_model.h"
#include "app_genga/output_files.h"
#include "app_genga/sample/sample_plan.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/image.h"
#include "genga/sample.h"

namespace genga::cli {

struct SampleJobOptions {
  sample::DrawOptions draw;
  image::TargetSize size;     // of each image; not wanted: the network's own
  image::WriteOptions write;  // comment is filled per file
  bool credit = true;         // write the style's name, seeds and attribution into outputs
  Grid grid;                  // of contact sheets
  double frames_per_s = 25;   // of animations and videos
  int threads = 0;
  std::string device = "cpu";
  engine::Precision precision = engine::Precision::kF32;
  ExistingFiles existing;
  bool verbose = false;
  TerminalStyle terminal;  // no bar when --quiet
};

struct SampleResult {
  SampleKind kind = SampleKind::kImage;
  std::string output;
  std::vector<std::uint64_t> seeds;  // each once, in order
  std::size_t n_points = 0;
  int width = 0, height = 0;  // of the image, contact sheet or frame
  double seconds = 0;
  bool skipped = false;  // --skip-existing
  std::optional<Error> error;
};
Json to_json(const SampleResult& result);

/// Runs all items, says each failure in one line on stderr and goes on. Stops early only when interrupted: the last
/// result then has kCancelled. Throws Error for what is wrong with all of them (component, size, model).
std::vector<SampleResult> run_samples(const LabelledModel& model, std::span<const SampleItem> plan,
                                      const SampleJobOptions& options);

}  // namespace genga::cli
