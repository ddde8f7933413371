// From the command's arguments (styles, files, folders of runs) to the models to evaluate.
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

std::vector<EvalModel> of_run(const fs::path& run) {
  std::vector<EvalModel> found;
  for (const fs::path& step : sorted_entries(run / "checkpoints")) {
    const fs::path model = step / kModelFile;
    const bool whole = step.extension().empty();  // not .part, not .damaged
    if (whole && fs::exists(model)) found.push_back({step.filename().string(), model.string()});
  }
  const fs::path result = run / kModelFile;
  const auto is_result = [&](const EvalModel& c) { return same_bytes(c.model, result); };
  if (fs::exists(result) && std::none_of(found.begin(), found.end(), is_result)) {
    found.push_back({"result", result.string()});
  }
  return found;
}

std::vector<EvalModel> of_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder / "checkpoints", error)) return of_run(folder);
  std::vector<EvalModel> found;
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

bool is_embedded_style(const std::string& name) {
  return std::ranges::any_of(stylize::embedded_styles(), [&](const auto& style) { return style.name == name; });
}

}  // namespace

std::vector<EvalModel> find_models(std::span<const std::string> arguments) {
  if (arguments.empty()) fail(ErrorCode::kInvalidArgument, "no model given; name model files or the folder of a run");
  std::vector<EvalModel> all;
  std::set<std::string> labels;
  for (const std::string& argument : arguments) {
    std::error_code error;
    const bool folder = fs::is_directory(argument, error);
    const bool file = !folder && fs::exists(argument, error);
    std::vector<EvalModel> found;
    if (folder) found = of_folder(argument);
    if (!folder && !file && !is_embedded_style(argument)) stylize::open_style(argument);  // for its error
    if (!folder) found.push_back({file ? fs::path(argument).stem().string() : argument, argument});
    if (found.empty()) {
      fail(ErrorCode::kNotFound, "folder '{}' holds neither checkpoints of a run nor model files", argument);
    }
    for (EvalModel& entry : found) {
      if (folder && arguments.size() > 1) entry.label = folder_name(argument) + "/" + entry.label;
      const std::string base = entry.label;
      for (int k = 2; !labels.insert(entry.label).second; ++k) entry.label = fmt::format("{}-{}", base, k);
      all.push_back(std::move(entry));
    }
  }
  return all;
}

}  // namespace genga::eval
