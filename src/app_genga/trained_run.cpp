// Which model of a run's folder is meant. The layout is in src/train/run/run_folder.h.
#include "app_genga/trained_run.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kBest = "best";  // one line: a model file's path from the run's folder

/// Empty without a note, or if what it names is gone or lies elsewhere.
fs::path noted_best(const fs::path& run) {
  std::error_code ignored;
  if (!fs::is_regular_file(run / kBest, ignored)) return {};
  std::string line;
  std::ifstream file(run / kBest);
  std::getline(file, line);
  const fs::path named = std::string(trimmed(line));
  const bool inside = named.is_relative() && std::ranges::find(named, fs::path("..")) == named.end();
  if (named.empty() || !inside || !fs::is_regular_file(run / named, ignored)) return {};
  return run / named;
}

fs::path newest_checkpoint(const fs::path& run) {
  std::error_code ignored;
  fs::path newest;
  for (const auto& step : fs::directory_iterator(run / "checkpoints", ignored)) {
    const bool whole = step.path().extension().empty() && fs::exists(step.path() / kModelFile, ignored);
    if (whole && step.path() > newest) newest = step.path();
  }
  return newest.empty() ? fs::path() : newest / kModelFile;
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  const fs::path below = file.lexically_relative(folder);
  return !below.empty() && *below.begin() != ".." && *below.begin() != ".";
}

}  // namespace

std::string model_file_of(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return path;
  if (const fs::path best = noted_best(path); !best.empty()) return best.string();
  const fs::path result = fs::path(path) / kModelFile;
  if (fs::exists(result, ignored)) return result.string();
  if (const fs::path newest = newest_checkpoint(path); !newest.empty()) return newest.string();
  fail(ErrorCode::kNotFound, "folder '{}' is no training run: it holds neither {} nor checkpoints", path, kModelFile);
}

std::vector<std::string> note_best(std::span<const std::string> arguments, const eval::Report& report) {
  std::vector<std::string> noted;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!fs::is_directory(fs::path(argument) / "checkpoints", error)) continue;
    std::vector<const eval::Row*> ranked;
    for (const eval::Row& row : report.rows) {
      if (row.rank > 0 && lies_in(row.model, argument)) ranked.push_back(&row);
    }
    if (ranked.size() < 2) continue;
    const auto* best = *std::ranges::min_element(ranked, {}, &eval::Row::rank);
    try {
      write_file(fs::path(argument) / kBest, fs::path(best->model).lexically_relative(argument).string() + "\n");
      noted.push_back(argument);
    } catch (const Error&) {
      // Somebody else's folder: the command has said which one is best.
    }
  }
  return noted;
}

}  // namespace genga::cli
