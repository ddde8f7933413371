// Reads a video with the motion between its frames, and measures flicker along that motion.
#include "eval/measures/warping.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "genga/error.h"
#include "genga/video.h"

namespace genga::eval {
namespace {

constexpr double kFoundAgain = 0.5;  // below, the pair is a cut

struct Sum {
  double difference = 0, weight = 0;
};

void add_difference(const image::Image& before, const image::Image& now, const OpticalFlow& flow, const Plane& mask,
                    Sum& sum) {
  for (int c = 0; c < 3; ++c) {
    const Plane moved = warp(channel(before, c), flow);
    const Plane here = channel(now, c);
    for (std::size_t i = 0; i < mask.values.size(); ++i) {
      if (mask.values[i] == 0) continue;
      sum.difference += std::abs(here.values[i] - moved.values[i]);
      sum.weight += 1;
    }
  }
}

}  // namespace

VideoFrames read_video(const std::filesystem::path& path, int long_side_px, int max_frames, const CancelToken* cancel) {
  video::VideoReader reader(path, {.long_side_px = long_side_px});
  VideoFrames video;
  std::vector<Plane> lumas;
  while (static_cast<int>(video.frames.size()) < max_frames) {
    if (cancel != nullptr) cancel->check();
    auto frame = reader.next();
    if (!frame) break;
    video.frames.push_back(std::move(frame->image));
    lumas.push_back(luma(video.frames.back()));
    if (lumas.size() < 2) continue;
    const Plane& now = lumas.back();
    const Plane& before = lumas[lumas.size() - 2];
    video.flows.push_back(dense_flow(now, before));
    video.masks.push_back(trusted(video.flows.back(), dense_flow(before, now)));
    auto& mask = video.masks.back().values;
    const double found = std::accumulate(mask.begin(), mask.end(), 0.0) / static_cast<double>(mask.size());
    if (found >= kFoundAgain) continue;
    mask.assign(mask.size(), 0.0F);
    ++video.n_cuts;
  }
  if (video.frames.size() < 2) {
    fail(ErrorCode::kInvalidArgument, "video '{}' has one frame; a warping error needs at least two", path.string());
  }
  return video;
}

double warping_error(const VideoFrames& video, const std::function<image::Image(const image::Image&)>& change) {
  Sum sum;
  image::Image before = change(video.frames.front());
  for (std::size_t i = 1; i < video.frames.size(); ++i) {
    image::Image now = change(video.frames[i]);
    add_difference(before, now, video.flows[i - 1], video.masks[i - 1], sum);
    before = std::move(now);
  }
  return sum.weight > 0 ? 255 * sum.difference / sum.weight : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace genga::eval
