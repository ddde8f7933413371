// The options of genga stylize as plain data.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace genga::cli {

inline constexpr std::string_view kAutoCompare = "auto";  // --compare auto

struct StylizeFlags {
  std::vector<std::string> inputs, styles, models;
  std::string output, format, mask, size, compare, memory, max_pixels;
  std::string fit = "cover", crop = "centre", device = "cpu", precision, stroke_scale = "auto";
  double strength = 1, keep_color = 0, feather_px = 8;
  int tile_px = 0, threads = 0, quality = 0;
  bool recursive = false, skip_existing = false, overwrite = false;
  bool no_metadata = false, no_gps = false, no_credit = false;
  bool json = false, quiet = false, verbose = false;
};

void add_stylize_options(CLI::App& app, StylizeFlags& flags);

/// What can be said wrong without looking at any file. Throws Error: kInvalidArgument.
void check_flags(const StylizeFlags& flags);

}  // namespace genga::cli
