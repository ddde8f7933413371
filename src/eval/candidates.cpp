#include <algorithm>
#include <set>
#include <system_error>

#include "genga/error.h"
#include "genga/eval.h"
#include "genga/stylize.h"

namespace genga::eval {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModelFile = "model.safetensors";

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) paths.push_back(entry->path());
  if (error) fail(ErrorCode::kIo, "cannot read folder '{}': {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool same_bytes(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::file_size(a, error) == fs::file_size(b, error) && !error && read_file(a) == read_file(b);
}

std::vector<Candidate> of_run(const fs::path& run) {
  std::vector<Candidate> found;
  for (const fs::path& step : sorted_entries(run / "checkpoints")) {
    const fs::path model = step / kModelFile;
    const bool whole = step.extension().empty();  // not .part, not .damaged
    if (whole && fs::exists(model)) found.push_back({step.filename().string(), model.string()});
  }
  const fs::path result = run / kModelFile;
  const auto is_result = [&](const Candidate& c) { return same_bytes(c.model, result); };
  if (fs::exists(result) && std::none_of(found.begin(), found.end(), is_result)) {
    found.push_back({"result", result.string()});
  }
  return found;
}

std::vector<Candidate> of_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder / "checkpoints", error)) return of_run(folder);
  std::vector<Candidate> found;
  for (const fs::path& path : sorted_entries(folder)) {
    if (path.extension() == ".safetensors") found.push_back({path.stem().string(), path.string()});
  }
  return found;
}

/// "runs/a/" -> "a"
std::string folder_name(const fs::path& folder) {
  const fs::path clean = folder.lexically_normal();
  return (clean.has_filename() ? clean : clean.parent_path()).filename().string();
}

}  // namespace

std::vector<Candidate> find_candidates(std::span<const std::string> arguments) {
  if (arguments.empty()) fail(ErrorCode::kInvalidArgument, "no model given; name model files or the folder of a run");
  std::vector<Candidate> all;
  std::set<std::string> labels;
  for (const std::string& argument : arguments) {
    std::error_code error;
    const bool folder = fs::is_directory(argument, error);
    const bool file = !folder && fs::exists(argument, error);
    std::vector<Candidate> found;
    if (folder) found = of_folder(argument);
    if (!folder && !file) stylize::open_style(argument);  // for its error if no style has that name
    if (!folder) found.push_back({file ? fs::path(argument).stem().string() : argument, argument});
    if (found.empty()) {
      fail(ErrorCode::kNotFound, "folder '{}' holds neither checkpoints of a run nor model files", argument);
    }
    for (Candidate& candidate : found) {
      if (folder && arguments.size() > 1) candidate.label = folder_name(argument) + "/" + candidate.label;
      const std::string base = candidate.label;
      for (int k = 2; !labels.insert(candidate.label).second; ++k) candidate.label = fmt::format("{}-{}", base, k);
      all.push_back(std::move(candidate));
    }
  }
  return all;
}

}  // namespace genga::eval
