// genga video from options to a file: plan, parts, join; or a preview, or an estimate.
#pragma once

#include <string>
#include <vector>

#include "app_genga/video/video_flags.h"
#include "cli/json_output.h"

namespace genga::cli {

/// Throws Error. Returns what --json prints.
Json run_video(const VideoFlags& flags);

}  // namespace genga::cli
