// From what was typed to a list of files, and from files to output names that never collide.
// Knows paths only; images come in through two predicates.
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
  std::filesystem::path relative;  // below the folder it was found in; the bare name for files and patterns
};

struct InputProblem {
  std::string argument;  // or the path of a folder below it
  Error error;
};

struct Inputs {
  std::vector<InputFile> files;
  std::vector<InputProblem> problems;
  bool several = false;  // more than one output may come of it (a folder, a pattern, two files), so -o is a folder
};

struct ExpandOptions {
  bool recursive = false;
  std::filesystem::path skip;  // the output folder: what lies in it is not taken as input again
  std::function<bool(const std::filesystem::path&)> is_image;  // asked for files in folders and patterns only
};

/// Files as they are (no matter what they are called), folders by their images in order of name, patterns (*, ?,
/// [..]) that the shell did not expand, "-". Each file once. Problems are listed, not thrown, so that the rest can go
/// on.
Inputs expand_inputs(std::span<const std::string> arguments, const ExpandOptions& options);

struct OutputRules {
  std::string output;               // as given to -o; "-" is left to the caller
  bool folder = false;              // output names a folder
  std::vector<std::string> styles;  // labels; with more than one, each output's name carries its label
  std::string suffix;               // ".png" for every output; empty: as the input, or ".png" if that cannot be written
  bool comparisons = false;         // each output gets a comparison beside it, "a-compare.png"
  std::function<bool(const std::filesystem::path&)> can_write;  // by suffix
};

struct PlannedOutput {
  std::size_t input = 0;  // index into the files
  std::size_t style = 0;  // index into the styles
  std::filesystem::path path;
  std::filesystem::path comparison;  // the input beside the output; empty: none
};

/// True if `output` ends in a slash, is an existing folder, or several inputs need one.
bool output_is_folder(const std::string& output, const Inputs& inputs);

/// One output for each style and file, style by style, all different: the second a.* of a folder keeps its source
/// suffix (a.jpg, a.png -> a.webp, a.png.webp), further ones are numbered.
std::vector<PlannedOutput> plan_outputs(std::span<const InputFile> files, const OutputRules& rules);

/// path with "-label" before its suffix.
std::filesystem::path with_label(const std::filesystem::path& path, std::string_view label);

/// A label fit for file names: letters, digits, '-', '_', '.'; never empty, never leading to another folder.
std::string safe_label(std::string_view text);

}  // namespace genga::cli
