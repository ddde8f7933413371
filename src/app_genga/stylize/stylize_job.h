// The loop of genga stylize: one planned output after the other, failures kept per item.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app_genga/inputs.h"
#include "app_genga/labelled_model.h"
#include "app_genga/output_files.h"
#include "app_genga/output_names.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/stylize.h"

namespace genga::cli {

struct JobOptions {
  image::ReadOptions read;
  image::WriteOptions write;  // comment is filled per style
  bool credit = true;         // write the style's name and attribution into outputs
  stylize::StylizeOptions stylize;
  std::filesystem::path mask;  // empty: none
  double feather_px = 0;
  int threads = 0;
  std::string device = "cpu";
  engine::Precision precision = engine::Precision::kF32;
  ExistingFiles existing;
  bool verbose = false;
  bool notes = true;       // what people should know of an image, e.g. that it has more frames
  TerminalStyle terminal;  // no bar when --quiet
};

struct ItemResult {
  std::string input;
  std::string output;      // empty: never planned
  std::string comparison;  // the input beside the output; empty: none
  std::string style;
  int width = 0, height = 0;
  double stroke_scale = 0;  // that was used; 0: it did not come to that
  double seconds = 0;
  bool skipped = false;  // --skip-existing
  std::optional<Error> error;
};
Json to_json(const ItemResult& result);

/// Runs all items, says each failure in one line on stderr and goes on. Stops early only when interrupted: the last
/// result then has kCancelled. Input "-" is read once, output "-" goes to stdout.
std::vector<ItemResult> run_job(std::span<const InputFile> files, std::span<const PlannedOutput> plan,
                                std::span<const LabelledModel> models, const JobOptions& options);

int job_status(std::span<const ItemResult> results);

}  // namespace genga::cli
