// The options of genga stylize as plain data.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "genga/stylize.h"

namespace genga::cli {

inline constexpr std::string_view kAutoCompare = "auto";  // --compare auto

struct StylizeFlags {
  std::vector<std::string> inputs, styles, models;
  std::string output, format, mask, size, compare, memory, max_pixels, shard;
  std::string fit = "cover", crop = "centre", device = "cpu", precision, stroke_scale = "auto";
  double strength = 1, keep_color = 0, feather_px = 8;
  int tile_px = 0, threads = 0, quality = 0;
  bool recursive = false, skip_existing = false, overwrite = false;
  bool no_metadata = false, no_gps = false, no_credit = false;
  bool json = false, quiet = false, verbose = false;
};

// Groups that genga video has too.
void add_style_options(CLI::App& app, StylizeFlags& flags);
void add_existing_options(CLI::App& app, StylizeFlags& flags);
void add_work_options(CLI::App& app, StylizeFlags& flags);

void add_stylize_options(CLI::App& app, StylizeFlags& flags);

/// Without a mask. Throws Error: kInvalidArgument.
stylize::StylizeOptions stylize_options(const StylizeFlags& flags);

/// What was chosen, as the options spell it; "" if all is as usual.
std::string settings_text(const stylize::StylizeOptions& options);

/// What can be said wrong without looking at any file. Throws Error: kInvalidArgument.
void check_flags(const StylizeFlags& flags);

}  // namespace genga::cli
