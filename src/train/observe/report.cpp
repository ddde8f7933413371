// Gathers what the report shows from a run's folder, whatever state the run is in.
#include "train/observe/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <system_error>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/text.h"
#include "genga/train.h"
#include "train/config/toml_table.h"

namespace genga::train {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxPreviews = 20;
constexpr double kMaxPreviewPixels = 1.8e6;
constexpr int kPreviewQuality = 78;
constexpr std::size_t kMaxPreviewBytes = 300'000;  // smaller files need not be encoded again

std::string read_text(const fs::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// "# Heading" and "key = value" lines, as to_toml writes them.
std::vector<ConfigGroup> config_groups(std::string_view text) {
  std::vector<ConfigGroup> groups;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find('=');
    if (line.starts_with('#')) {
      groups.push_back({std::string(trimmed(line.substr(1))), {}});
    } else if (equals != std::string_view::npos) {
      if (groups.empty()) groups.emplace_back();
      groups.back().rows.emplace_back(trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
    }
  }
  std::erase_if(groups, [](const ConfigGroup& group) { return group.rows.empty(); });
  return groups;
}

void read_config(Report& report, const fs::path& path) {
  const std::string text = read_text(path);
  const toml::table table = parse_toml(text, fmt::format("'{}'", path.string()));
  report.name = table["name"].value_or(std::string());
  report.title = table["title"].value_or(std::string());
  report.method = table["method"].value_or(std::string());
  report.n_steps = table["steps"].value_or(std::int64_t{0});
  report.config = config_groups(text);
}

/// Adds step numbers and paths of FOLDER/step_000500.jpg.
void find_previews(const fs::path& folder, std::map<std::int64_t, fs::path>& found) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string stem = entry.path().stem().string();
    std::int64_t step = -1;
    const std::size_t digits = stem.find_first_of("0123456789");
    if (!image::looks_like_image(entry.path()) || digits == std::string::npos) continue;
    const char* last = stem.data() + stem.size();
    if (std::from_chars(stem.data() + digits, last, step).ptr == last) found[step] = entry.path();
  }
}

ReportPreview read_preview(std::int64_t step, const fs::path& path) {
  const image::Info info = image::RowReader(image::EncodedImage{path}, {}).info();
  ReportPreview preview{step, info.width, info.height, {}};
  std::vector<std::byte> bytes;
  std::string_view format = info.format;
  const double scale = std::min(1.0, std::sqrt(kMaxPreviewPixels / info.width / info.height));
  if (scale == 1 && fs::file_size(path) <= kMaxPreviewBytes && (format == "jpeg" || format == "png")) {
    bytes = read_file(path);
  } else {
    image::ReadOptions options;
    options.size.long_side = static_cast<int>(std::lround(scale * std::max(info.width, info.height)));
    const image::Image image = image::read_image(image::EncodedImage{path}, options);
    preview.width = image.width;
    preview.height = image.height;
    format = "jpeg";
    bytes = image::encode(image, {.format = "jpeg", .quality = kPreviewQuality});
  }
  preview.data_uri = fmt::format("data:image/{};base64,{}", format, base64(bytes));
  return preview;
}

/// The first, the last, and others evenly spread between them.
void read_previews(Report& report, const fs::path& run) {
  std::map<std::int64_t, fs::path> found;
  find_previews(run / "sheets", found);  // of an earlier version
  find_previews(run / "previews", found);
  const std::vector<std::pair<std::int64_t, fs::path>> all(found.begin(), found.end());
  report.n_previews = static_cast<std::int64_t>(all.size());
  const std::size_t n = std::min(all.size(), kMaxPreviews);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& [step, path] = all[n == 1 ? 0 : i * (all.size() - 1) / (n - 1)];
    try {
      report.previews.push_back(read_preview(step, path));
    } catch (const Error& error) {
      report.problems.emplace_back(error.what());
    }
  }
}

void read_model(Report& report, const fs::path& run) {
  fs::path file = "model.safetensors";
  if (!fs::exists(run / file)) {
    if (!fs::exists(run / "latest")) return;
    std::string name = read_text(run / "latest");
    std::erase(name, '\n');
    file = fs::path("checkpoints") / name / file;
  }
  try {
    const weights::Model model = weights::read_model_file(run / file);
    report.model = {model.card, file.string(), model.sha256, ir::count_parameters(model.graph),
                    model.graph.input().channels != 3};
  } catch (const Error& error) {
    report.problems.emplace_back(error.what());
  }
}

}  // namespace

Report gather_report(const fs::path& run) {
  Report report;
  if (!fs::exists(run / "config.toml")) {
    fail(ErrorCode::kNotFound, "'{}': holds no run (no config.toml); expected a folder that genga-train wrote",
         run.string());
  }
  report.folder = fs::absolute(run).lexically_normal().filename().string();
  if (report.folder.empty()) report.folder = fs::absolute(run).lexically_normal().parent_path().filename().string();
  read_config(report, run / "config.toml");
  if (fs::exists(run / "log.jsonl")) report.history = read_history(run / "log.jsonl");
  read_previews(report, run);
  read_model(report, run);
  return report;
}

fs::path write_report(const fs::path& run) {
  const fs::path path = run / "report.html";
  write_file(path, report_page(gather_report(run)));
  return path;
}

}  // namespace genga::train
