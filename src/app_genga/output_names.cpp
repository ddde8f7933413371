// Suffixes, labels and names that collide.
#include "app_genga/output_names.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <system_error>

#include "app_genga/paths.h"
#include "genga/sha256.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCompare = "compare";
constexpr std::string_view kBesidePhoto = "anime";  // label of an output that would be its photo

/// Bytes that a name may have in the folder, or in the nearest one above it that exists.
std::size_t max_name_bytes(fs::path folder) {
  constexpr std::size_t kUsual = 255;
  folder = folder.empty() ? "." : folder;
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  const long limit = ::pathconf(folder.empty() ? "." : folder.c_str(), _PC_NAME_MAX);
  return limit > 0 ? static_cast<std::size_t>(limit) : kUsual;
}

/// Cut at a character's begin to max_bytes; eight digits of its hash keep it apart from others that begin alike.
std::string shortened(const std::string& stem, std::size_t max_bytes) {
  if (stem.size() <= max_bytes) return stem;
  Sha256 sha;
  sha.add(stem);
  const std::string mark = "~" + sha.hex().substr(0, 8);
  std::size_t size = max_bytes > mark.size() ? max_bytes - mark.size() : 0;
  while (size > 0 && (static_cast<unsigned char>(stem[size]) & 0xC0U) == 0x80U) --size;
  return stem.substr(0, size) + mark;
}

/// folder/stem + tail; only the stem is shortened.
fs::path fitted(const fs::path& folder, const std::string& stem, const std::string& tail) {
  const std::size_t max_bytes = max_name_bytes(folder);
  return folder / (shortened(stem, max_bytes > tail.size() ? max_bytes - tail.size() : 0) + tail);
}

/// The name of a file's output. Two files never have the same: a name that is kept is none that a suffix behind
/// another file's name, or a comparison, could make.
fs::path output_name(const fs::path& name, const OutputRules& rules) {
  const std::string suffix = !rules.suffix.empty()   ? rules.suffix
                             : rules.can_write(name) ? name.extension().string()
                                                     : ".png";
  const std::string stem = name.stem().string();
  const std::string format = rules.format_of(name);
  const bool other_format = format.empty() || format != rules.format_of("a" + suffix);
  const bool taken = !rules.format_of(stem).empty() && output_name(stem, rules) == name;
  const bool comparison = rules.comparisons && stem.ends_with(fmt::format("-{}", kCompare));
  return other_format || taken || comparison ? fs::path(name.string() + suffix) : name;
}

/// Where a file's output goes if no other file wants the same.
fs::path wanted_path(const InputFile& file, const OutputRules& rules, const std::string& label) {
  const auto labelled = [&](const fs::path& path) { return label.empty() ? path : with_label(path, label); };
  if (!rules.folder) return labelled(rules.output);
  const fs::path folder = fs::path(rules.output) / file.relative.parent_path();
  const fs::path source = file.path == kStdio ? fs::path("stdin") : file.relative.filename();
  const fs::path name = output_name(source, rules);
  const fs::path path = fitted(folder, name.stem().string(), name.extension().string());
  const bool is_photo = label.empty() && same_file(folder / name, file.path);
  return is_photo ? with_label(path, kBesidePhoto) : labelled(path);
}

std::vector<std::string> labels(const OutputRules& rules) {
  if (rules.styles.size() == 1 || rules.output == kStdio) return std::vector<std::string>(rules.styles.size());
  return rules.styles;
}

/// The folder that a file lies in, as a label; "" if it was named without one.
std::string folder_label(const fs::path& path) {
  const fs::path folder = path.parent_path();
  if (folder.empty() || folder == ".") return "";
  return safe_label(shortened(name_of_folder(folder).string(), 60));
}

/// Its folder through links, its own name as it is.
fs::path place_of(const fs::path& path) {
  return real_path(path.parent_path().empty() ? "." : path.parent_path()) / path.filename();
}

/// Hands out names that nobody has yet.
class Names {
 public:
  /// path, or with a number behind it, "a-2.webp".
  fs::path take(const fs::path& path) {
    fs::path name = path;
    for (int k = 2; !taken_.insert(name).second; ++k) name = with_label(path, std::to_string(k));
    return name;
  }

 private:
  std::set<fs::path> taken_;
};

}  // namespace

bool output_is_folder(const std::string& output, const Inputs& inputs) {
  std::error_code ignored;
  return inputs.several || output.ends_with('/') || fs::is_directory(output, ignored);
}

std::vector<PlannedOutput> plan_outputs(std::span<const InputFile> files, const OutputRules& rules) {
  std::vector<PlannedOutput> plan;
  std::map<fs::path, int> n_wanted;
  const std::vector<std::string> style_labels = labels(rules);
  for (std::size_t style = 0; style < rules.styles.size(); ++style) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      plan.push_back({i, style, wanted_path(files[i], rules, style_labels[style]), {}});
      ++n_wanted[plan.back().path];
    }
  }
  Names names;
  for (auto& item : plan) {
    const std::string folder = n_wanted[item.path] > 1 ? folder_label(files[item.input].path) : "";
    item.path = names.take(folder.empty() ? item.path : with_label(item.path, folder));
  }
  if (rules.comparisons) {  // after all outputs, so that a comparison never takes an output's name
    for (auto& item : plan) item.comparison = names.take(with_label(item.path, kCompare));
  }
  return plan;
}

std::vector<InputFile> take_results(std::vector<InputFile>& files, const OutputRules& rules,
                                    const std::function<bool(const fs::path&)>& has_credit) {
  if (!rules.folder) return {};
  std::set<fs::path> folders;  // that outputs go to
  for (const auto& file : files) folders.insert(real_path(rules.output / file.relative.parent_path()));
  const auto in_output = [&](const InputFile& file) {
    return file.path != kStdio && folders.contains(place_of(file.path).parent_path());
  };
  std::vector<InputFile> results;
  const auto move_results = [&](const auto& is_result) {
    const auto rest = std::stable_partition(
        files.begin(), files.end(), [&](const InputFile& file) { return !in_output(file) || !is_result(file); });
    results.insert(results.end(), rest, files.end());
    files.erase(rest, files.end());
  };
  move_results([&](const InputFile& file) { return has_credit(file.path); });
  std::map<fs::path, fs::path> planned;  // output -> its input
  for (const auto& file : files) {
    for (const std::string& label : labels(rules)) {
      const fs::path path = wanted_path(file, rules, label);
      planned.emplace(place_of(path), file.path);
      if (rules.comparisons) planned.emplace(place_of(with_label(path, kCompare)), file.path);
    }
  }
  move_results([&](const InputFile& file) {
    const auto found = planned.find(place_of(file.path));
    return found != planned.end() && found->second != file.path;
  });
  return results;
}

fs::path with_label(const fs::path& path, std::string_view label) {
  return fitted(path.parent_path(), path.stem().string(), fmt::format("-{}{}", label, path.extension().string()));
}

std::string safe_label(std::string_view text) {
  std::string label(text);
  std::replace_if(
      label.begin(), label.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
  label.erase(0, label.find_first_not_of('.'));
  return label.empty() ? "style" : label;
}

}  // namespace genga::cli
