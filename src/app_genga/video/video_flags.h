// The options of genga video as plain data.
#pragma once

#include <CLI/CLI.hpp>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "app_genga/shard.h"
#include "app_genga/stylize/stylize_flags.h"
#include "genga/transcode.h"

namespace genga::cli {

struct VideoFlags {
  StylizeFlags style;  // what genga stylize has too
  std::string input, output;
  std::string from, to, hwaccel;
  std::string codec, preset, pixel_format, bit_rate;
  double crf = -1;
  std::vector<std::string> encoder_options;
  bool no_audio = false, no_subtitles = false, compare = false, dry_run = false;
  int preview = 0, sessions = 0;
  bool resume = false, join = false;
  std::string segment;
  double part_s = 10;
};

void add_video_options(CLI::App& app, VideoFlags& flags);
/// FFmpeg's names of options, and ours.
std::map<std::string, std::string> ffmpeg_spellings();

/// What can be said wrong without looking at any file. Throws Error: kInvalidArgument.
void check_flags(const VideoFlags& flags);

/// "90", "1:30", "1:02:03.5". Throws Error: kInvalidArgument.
double parse_time(const std::string& text);

video::ClipOptions clip_options(const VideoFlags& flags);
video::EncodeOptions encode_options(const VideoFlags& flags);

}  // namespace genga::cli
