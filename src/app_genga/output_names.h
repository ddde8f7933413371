// What outputs are called: from files and options to names that never collide, and that do not depend on which other
// files lie there, so that a later run finds what an earlier one has made.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app_genga/inputs.h"

namespace genga::cli {

struct OutputRules {
  std::string output;               // as given to -o; "-" is left to the caller
  bool folder = false;              // output names a folder
  std::vector<std::string> styles;  // labels; with more than one, each output's name carries its label
  std::string suffix;               // ".png" for every output; empty: as the input, or ".png" if that cannot be written
  bool comparisons = false;         // each output gets a comparison beside it, "a-compare.png"
  std::function<std::string(const std::filesystem::path&)> format_of;  // by suffix; "": no image
  std::function<bool(const std::filesystem::path&)> can_write;         // by suffix
};

struct PlannedOutput {
  std::size_t input = 0;  // index into the files
  std::size_t style = 0;  // index into the styles
  std::filesystem::path path;
  std::filesystem::path comparison;  // the input beside the output; empty: none
};

/// True if `output` ends in a slash, is an existing folder, or several inputs need one.
bool output_is_folder(const std::string& output, const Inputs& inputs);

/// One output for each style and file, style by style, all different. In a folder an output keeps its input's name; a
/// new suffix comes behind the old one (a.heic -> a.heic.jpg); where it would be the input itself, it is a-anime.jpg.
/// Of files in several folders that want one name, each gets its folder's name (a-monday.jpg, a-friday.jpg); what still
/// collides is numbered. Stems are shortened where the file system wants it.
std::vector<PlannedOutput> plan_outputs(std::span<const InputFile> files, const OutputRules& rules);

/// Takes out of `files` the results of earlier runs among them, and returns them: files that lie where outputs go and
/// that has_credit() knows or whose name is planned for another of the files.
std::vector<InputFile> take_results(std::vector<InputFile>& files, const OutputRules& rules,
                                    const std::function<bool(const std::filesystem::path&)>& has_credit);

/// path with "-label" before its suffix.
std::filesystem::path with_label(const std::filesystem::path& path, std::string_view label);

/// A label fit for file names: letters, digits, '-', '_', '.'; never empty, never leading to another folder.
std::string safe_label(std::string_view text);

}  // namespace genga::cli
