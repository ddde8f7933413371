// RUN/report.html: what a person wants to know of a run, in one file that opens without a network.
// genga::train::write_report (genga/train.h) gathers it, then writes it as a page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "genga/weights.h"
#include "train/observe/run_history.h"

namespace genga::train {

/// A heading of config.toml and the keys below it; values as TOML writes them.
struct ConfigGroup {
  std::string title;
  std::vector<std::pair<std::string, std::string>> rows;
};

struct ReportPreview {
  std::int64_t step = 0;
  int width = 0, height = 0;
  std::string data_uri;
};

struct ReportModel {
  weights::ModelCard card;
  std::string file, sha256;  // file: within the run's folder
  std::int64_t n_parameters = 0;
  bool from_noise = false;  // makes images of noise, not of photos
};

struct Report {
  std::string folder;  // name of the run's folder
  std::string name, title, method;
  std::int64_t n_steps = 0;
  std::vector<ConfigGroup> config;
  RunHistory history;
  std::vector<ReportPreview> previews;  // by step
  std::int64_t n_previews = 0;          // in the folder; of many only some are shown
  std::optional<ReportModel> model;     // none before the first checkpoint
  std::vector<std::string> problems;    // files that could not be read, in a sentence each
};

/// Throws Error: kNotFound (no run there), kInvalidArgument (config.toml is no TOML), kIo.
Report gather_report(const std::filesystem::path& run);

/// The page: styles, script, data and images are all within it.
std::string report_page(const Report& report);

}  // namespace genga::train
