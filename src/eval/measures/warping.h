// Warping error: how much a video flickers, which is what changes between frames other than by motion. Source: Lai et
// al. 2018, arXiv 1808.00449, section 4.2, with absolute instead of squared differences.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "eval/measures/optical_flow.h"
#include "genga/base.h"
#include "genga/image.h"

namespace genga::eval {

struct VideoFrames {
  std::vector<image::Image> frames;
  std::vector<OpticalFlow> flows;  // flows[i]: from frame i + 1 to frame i
  std::vector<Plane> masks;        // masks[i]: where that flow can be trusted; all 0 at a cut
  std::int64_t n_cuts = 0;         // pairs passed over because less than half of the image was found again
};

/// The first frames of a video (at most max_frames), reduced to long_side_px, with the motion between them. Throws
/// Error: kInvalidArgument (fewer than two frames), and as video::VideoReader does.
VideoFrames read_video(const std::filesystem::path& path, int long_side_px, int max_frames, const CancelToken* cancel);

/// Mean absolute difference in 8-bit levels between each frame of `change(photo frame)` and the one before it, moved
/// along the photos' flow, where that can be trusted. 0 for a video that only moves. NaN if no pair of frames is of
/// use.
double warping_error(const VideoFrames& video, const std::function<image::Image(const image::Image&)>& change);

}  // namespace genga::eval
