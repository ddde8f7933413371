// A source opened and everything decided about its result, for all that genga video does with it.
#pragma once

#include <memory>

#include "app_genga/video/frame_stylizer.h"
#include "app_genga/video/video_flags.h"
#include "cli/json_output.h"

namespace genga::cli {

struct ClipJob {
  std::unique_ptr<video::ClipReader> clip;
  FrameStyle style;
  int width = 0, height = 0;  // of the result's frames, upright
};

/// Throws Error.
ClipJob open_clip_job(const VideoFlags& flags);

/// For --output, or for `output` where there is none.
video::EncodeSetup setup_of(const ClipJob& job, const VideoFlags& flags, const std::filesystem::path& output);

/// All that the frames of the result depend on.
Json settings_of(const ClipJob& job, const VideoFlags& flags, const video::EncodeSetup& setup);

/// What was chosen about the style, for people and for the credit.
std::string credit_of(const ClipJob& job, const VideoFlags& flags);

/// Writes an image of N frames.
Json write_preview(ClipJob& job, const VideoFlags& flags);

/// Stylises and encodes some frames, and says how long all would take and how large they would be.
Json estimate(ClipJob& job, const VideoFlags& flags);

}  // namespace genga::cli
