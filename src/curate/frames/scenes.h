// Where the scenes of a video begin and end.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "curate/frames/frame_measures.h"

namespace genga::curate {

struct Scene {
  int first = 0, last = 0;  // frames, without those of a transition
};

/// Cuts are changes several times as large as those around them (as PySceneDetect's AdaptiveDetector), unless the
/// image before comes back at once: a flash. Dissolves and fades are stretches in which each frame is a mix of the
/// first and the last one.
/// Threads: one at a time. Memory: a few small frames, and some numbers for each frame of the video.
class SceneFinder {
 public:
  explicit SceneFinder(double threshold) : threshold_(threshold) {}
  /// frame: RGB, of the size that is measured; change: FrameMeasures::change.
  void add(const cv::Mat& frame, float change);
  std::vector<Scene> scenes() const;

 private:
  struct Transition {
    int first, last;  // frames that are of neither scene
  };
  void look_for_dissolve();
  bool is_flash(int frame) const { return flash_[static_cast<std::size_t>(frame)] != 0; }
  bool is_cut(int frame) const;
  void look_for_flash();

  const double threshold_;
  std::deque<cv::Mat> recent_;  // f32, last one newest
  std::vector<float> change_;
  std::vector<std::uint8_t> flash_;
  std::vector<Transition> dissolves_;  // many of them overlap
};

}  // namespace genga::curate
