// From what was typed to a list of files. Knows paths only; images come in through a predicate.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genga/error.h"

namespace genga::cli {

inline constexpr std::string_view kStdio = "-";

struct InputFile {
  std::filesystem::path path;      // as to be opened; "-" for standard input
  std::filesystem::path relative;  // where its output goes below the output folder, but for the suffix
};

struct InputProblem {
  std::string argument;  // or the path of a folder below it
  Error error;
};

struct Inputs {
  std::vector<InputFile> files;
  std::vector<InputProblem> problems;
  std::vector<std::string> notes;  // what was passed over, one sentence a kind: videos, raw photographs, subfolders
  bool several = false;  // more than one output may come of it (a folder, a pattern, two files), so -o is a folder
};

struct ExpandOptions {
  bool recursive = false;
  std::filesystem::path skip;  // the output folder: what lies in it is not taken as input again
  std::function<bool(const std::filesystem::path&)> is_image;  // asked for files in folders and patterns only
};

/// Files as they are (no matter what they are called), folders by their images in order of name, patterns (*, ?,
/// [..]) that the shell did not expand, "-". Each file once. The longest leading part of a pattern that exists is no
/// pattern; where only the part behind it holds folders, `relative` keeps them. Of several arguments each folder keeps
/// its name in `relative`. Problems are listed, not thrown, so that the rest can go on.
Inputs expand_inputs(std::span<const std::string> arguments, const ExpandOptions& options);

}  // namespace genga::cli
