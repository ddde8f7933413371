// Folders, patterns and names that collide.
#include "app_genga/inputs.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <system_error>

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool same_folder(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return !b.empty() && fs::equivalent(a, b, ignored);
}

class Expander {
 public:
  explicit Expander(const ExpandOptions& options) : options_(options) {}

  void add_argument(const std::string& argument) {
    std::error_code ec;
    const fs::file_status status = fs::status(argument, ec);
    if (argument == kStdio) {
      add_file(argument, argument);
    } else if (fs::is_directory(status)) {
      inputs_.several = true;
      add_folder(argument);
    } else if (fs::exists(status)) {
      add_file(argument, fs::path(argument).filename());
    } else if (is_pattern(argument)) {
      inputs_.several = true;
      add_pattern(argument);
    } else if (status.type() == fs::file_type::none) {
      add_problem(argument, ErrorCode::kIo, fmt::format("cannot open '{}': {}", argument, ec.message()));
    } else {
      add_problem(argument, ErrorCode::kNotFound, fmt::format("input '{}' does not exist", argument));
    }
  }

  Inputs take(std::size_t n_arguments) {
    inputs_.several = inputs_.several || n_arguments > 1;
    return std::move(inputs_);
  }

 private:
  void add_problem(const std::string& argument, ErrorCode code, const std::string& message) {
    inputs_.problems.push_back({argument, Error(code, message)});
  }

  void add_file(const fs::path& path, const fs::path& relative) {
    if (seen_.insert(path.lexically_normal().string()).second) inputs_.files.push_back({path, relative});
  }

  void add_folder(const fs::path& folder) {
    const std::size_t before = inputs_.files.size();
    const std::size_t problems_before = inputs_.problems.size();
    std::size_t n_folders = 0;
    walk(folder, {}, n_folders);
    if (inputs_.files.size() > before || inputs_.problems.size() > problems_before) return;
    const bool deeper = !options_.recursive && n_folders > 0;
    add_problem(folder.string(), ErrorCode::kNotFound,
                fmt::format("folder '{}' holds no images{}", folder.string(),
                            deeper ? "; add --recursive to look into the folders below it" : ""));
  }

  /// Adds the images of one folder, and with --recursive those below. Linked folders are not entered: they may loop.
  void walk(const fs::path& folder, const fs::path& relative, std::size_t& n_folders) {
    std::error_code ec;
    fs::directory_iterator entry(folder, ec);
    std::vector<fs::directory_entry> entries;
    for (; !ec && entry != fs::directory_iterator(); entry.increment(ec)) entries.push_back(*entry);
    if (ec) {
      add_problem(folder.string(), ErrorCode::kIo,
                  fmt::format("cannot read folder '{}': {}", folder.string(), ec.message()));
      return;
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path() < b.path(); });
    for (const auto& item : entries) {
      const fs::path name = item.path().filename();
      if (name.native().starts_with('.')) continue;  // as patterns do: thumbnails, caches, other systems' fork files
      std::error_code ignored;
      if (item.is_directory(ignored)) {
        ++n_folders;
        if (!options_.recursive || item.is_symlink(ignored) || same_folder(item.path(), options_.skip)) continue;
        walk(item.path(), relative / name, n_folders);
      } else if (options_.is_image(item.path())) {
        add_file(item.path(), relative / name);
      }
    }
  }

  void add_pattern(const std::string& pattern) {
    glob_t found{};
    const int result = ::glob(pattern.c_str(), GLOB_TILDE, nullptr, &found);
    std::size_t n = 0;
    for (std::size_t i = 0; result == 0 && i < found.gl_pathc; ++i) {
      const fs::path path = found.gl_pathv[i];
      std::error_code ignored;
      if (fs::is_directory(path, ignored) || !options_.is_image(path)) continue;
      add_file(path, path.filename());
      ++n;
    }
    ::globfree(&found);
    if (n == 0) add_problem(pattern, ErrorCode::kNotFound, fmt::format("no image matches '{}'", pattern));
  }

  const ExpandOptions& options_;
  Inputs inputs_;
  std::set<std::string> seen_;
};

/// Output name below the folder, before collisions are looked at.
fs::path output_name(const InputFile& file, const std::string& suffix) {
  const fs::path base = file.path == kStdio ? fs::path("stdin") : file.relative;
  return fs::path(base).replace_extension(suffix);
}

/// Hands out names that nobody has yet.
class Names {
 public:
  /// The first of "a.webp", "a.png.webp", "a-2.webp", "a-3.webp", ... that is free, each with the label of its style.
  fs::path take(const fs::path& wanted, const InputFile& file, const std::string& label) {
    const auto labelled = [&](const fs::path& path) { return label.empty() ? path : with_label(path, label); };
    const std::string source_name = file.relative.filename().string();
    fs::path name = labelled(wanted);
    for (int k = 1; !taken_.insert(name).second; ++k) {
      name = k == 1 ? labelled(wanted.parent_path() / (source_name + wanted.extension().string()))
                    : with_label(labelled(wanted), std::to_string(k));
    }
    return name;
  }

 private:
  std::set<fs::path> taken_;
};

}  // namespace

Inputs expand_inputs(std::span<const std::string> arguments, const ExpandOptions& options) {
  Expander expander(options);
  for (const auto& argument : arguments) expander.add_argument(argument);
  return expander.take(arguments.size());
}

bool output_is_folder(const std::string& output, const Inputs& inputs) {
  std::error_code ignored;
  return inputs.several || output.ends_with('/') || fs::is_directory(output, ignored);
}

std::vector<PlannedOutput> plan_outputs(std::span<const InputFile> files, const OutputRules& rules) {
  const auto wanted = [&](const InputFile& file) -> fs::path {
    if (!rules.folder) return rules.output;
    const std::string own = file.path.extension().string();
    return fs::path(rules.output) / output_name(file, !rules.suffix.empty()        ? rules.suffix
                                                      : rules.can_write(file.path) ? own
                                                                                   : ".png");
  };
  std::vector<PlannedOutput> plan;
  Names names;
  for (std::size_t style = 0; style < rules.styles.size(); ++style) {
    const std::string label = rules.styles.size() > 1 && rules.output != kStdio ? rules.styles[style] : "";
    for (std::size_t i = 0; i < files.size(); ++i) {
      plan.push_back({i, style, names.take(wanted(files[i]), files[i], label), {}});
    }
  }
  if (rules.comparisons) {  // after all outputs, so that a comparison never takes an output's name
    for (auto& item : plan) item.comparison = names.take(with_label(item.path, "compare"), files[item.input], "");
  }
  return plan;
}

fs::path with_label(const fs::path& path, std::string_view label) {
  return path.parent_path() / fmt::format("{}-{}{}", path.stem().string(), label, path.extension().string());
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
