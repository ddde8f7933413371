// Decoding, stylising and encoding side by side: one thread decodes, some stylise, one encodes.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "app_genga/video/frame_stylizer.h"
#include "genga/transcode.h"

namespace genga::cli {

struct PartJob {
  video::ClipPart part;
  std::filesystem::path path;  // that it becomes
};

struct PipelineResult {
  std::int64_t n_frames = 0;
  double seconds = 0;  // from the first frame that was decoded to the last that was encoded
  double idle = 0;     // fraction of that in which a session had no frame to stylise
};

/// progress: called on this thread with the frames done, several times a second. Throws what any of the threads threw
/// first; parts that were finished before stay.
PipelineResult run_pipeline(video::ClipReader& clip, std::span<const PartJob> jobs, const video::EncodeSetup& setup,
                            const FrameStyle& style, const std::function<void(std::int64_t n_done)>& progress);

}  // namespace genga::cli
