// Files, folders and patterns, as they were typed, become files.
#include "app_genga/inputs.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "app_genga/passed_over.h"
#include "app_genga/paths.h"
#include "cli/shell_word.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[{") != std::string_view::npos;
}

/// A pattern in two: the longest leading folder that exists, taken as it is, and what is left to match.
struct SplitPattern {
  fs::path folder;
  std::string rest;
};

SplitPattern split(const std::string& pattern) {
  SplitPattern result{.folder = {}, .rest = pattern};
  std::error_code ignored;
  for (std::size_t slash = pattern.find('/'); slash != std::string::npos; slash = pattern.find('/', slash + 1)) {
    const std::string folder = pattern.substr(0, slash + 1);
    if (!fs::is_directory(folder, ignored)) break;
    result = {.folder = folder, .rest = pattern.substr(slash + 1)};
  }
  return result;
}

/// text such that glob() takes each of `letters` for itself.
std::string escaped(std::string_view text, std::string_view letters) {
  std::string result;
  for (const char c : text) {
    if (letters.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::vector<fs::path> matches(const std::string& pattern) {
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), GLOB_TILDE | GLOB_BRACE, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

class Expander {
 public:
  Expander(const ExpandOptions& options, bool several) : options_(options), several_arguments_(several) {}

  void add_argument(const std::string& argument) {
    std::error_code ec;
    const fs::file_status status = fs::status(argument, ec);
    if (argument == kStdio) {
      add_file(argument, argument);
    } else if (fs::is_directory(status)) {
      inputs_.several = true;
      add_folder(argument);
    } else if (fs::exists(status) && is_video(argument)) {
      const fs::path path = argument;
      const fs::path result = path.parent_path() / (path.stem().string() + "-anime" + path.extension().string());
      add_problem(argument, ErrorCode::kUnsupported,
                  fmt::format("'{}' is a video; the command for it is: genga video {} -o {}", argument,
                              shell_word(argument), shell_word(result.string())));
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

  Inputs take() {
    inputs_.several = inputs_.several || several_arguments_;
    inputs_.notes = passed_over_.notes();
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
    const PassedOver passed_before = passed_over_;
    walk(folder, several_arguments_ ? name_of_folder(folder) : fs::path());
    if (inputs_.files.size() > before || inputs_.problems.size() > problems_before) return;
    const bool deeper = passed_over_.count(PassedOver::kFolder) > passed_before.count(PassedOver::kFolder);
    if (deeper) passed_over_ = passed_before;  // said now
    add_problem(folder.string(), ErrorCode::kNotFound,
                fmt::format("folder '{}' holds no images{}", folder.string(),
                            deeper ? "; add --recursive to look into the folders below it" : ""));
  }

  /// Adds the images of one folder, and with --recursive those below. Linked folders are not entered: they may loop.
  void walk(const fs::path& folder, const fs::path& relative) {
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
        if (!same_file(item.path(), options_.skip)) add_subfolder(item, relative / name);
      } else {
        add_if_image(item.path(), relative / name);
      }
    }
  }

  void add_subfolder(const fs::directory_entry& item, const fs::path& relative) {
    std::error_code ignored;
    if (!options_.recursive) {
      passed_over_.add(PassedOver::kFolder, item.path());
    } else if (item.is_symlink(ignored)) {
      passed_over_.add(PassedOver::kLink, item.path());
    } else {
      walk(item.path(), relative);
    }
  }

  bool add_if_image(const fs::path& path, const fs::path& relative) {
    const bool image = options_.is_image(path);
    image ? add_file(path, relative) : passed_over_.add_file(path);
    return image;
  }

  /// Brackets are often meant as they are; where a pattern with [..] finds nothing, that is tried.
  void add_pattern(const std::string& pattern) {
    const auto [folder, rest] = split(pattern);
    const std::string start = escaped(folder.string(), "\\*?[]{}~");
    std::vector<fs::path> found = matches(start + rest);
    if (found.empty()) found = matches(start + escaped(rest, "[]"));
    const bool below_output = lies_below(folder.empty() ? "." : folder, options_.skip);  // then its images were meant
    std::size_t n = 0;
    for (const fs::path& path : found) {
      std::error_code ignored;
      if (fs::is_directory(path, ignored) || (!below_output && lies_below(path, options_.skip))) continue;
      const bool home = folder.empty() && path.is_absolute();  // "~/..."
      const fs::path below = fs::path(path.string().substr(folder.string().size())).lexically_normal();
      const bool leaves = std::ranges::find(below, "..") != below.end();  // "*/../../x": not below the output then
      if (add_if_image(path, home || leaves ? path.filename() : below)) ++n;
    }
    if (n == 0) add_problem(pattern, ErrorCode::kNotFound, fmt::format("no image matches '{}'", pattern));
  }

  const ExpandOptions& options_;
  const bool several_arguments_;
  Inputs inputs_;
  PassedOver passed_over_;
  std::set<std::string> seen_;
};

}  // namespace

Inputs expand_inputs(std::span<const std::string> arguments, const ExpandOptions& options) {
  Expander expander(options, arguments.size() > 1);
  for (const auto& argument : arguments) expander.add_argument(argument);
  return expander.take();
}

}  // namespace genga::cli
