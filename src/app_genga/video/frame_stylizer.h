// Frames of one clip through a style: everything that must be the same for all of them is decided once.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app_genga/labelled_model.h"
#include "genga/stylize.h"
#include "genga/transcode.h"

namespace genga::cli {

struct FrameStyle {
  LabelledModel model;
  stylize::StylizeOptions stylize{};  // mask_pixels points into `mask`; stroke_scale and memory_bytes are fixed
  std::vector<float> mask{};          // one value a pixel of a frame; empty: none
  engine::EngineOptions engine{};     // threads: of one session
  int sessions = 1;
  bool compare = false;  // the source beside its result
};

/// How many frames are under way at once, for frames of that size on so many threads: as many as there is memory for
/// and threads, because one frame a thread keeps all busy.
int sessions_for(int width, int height, int threads, std::int64_t memory_bytes);

/// Width of what compare() gives.
int compared_width(int width);

/// One of a clip's sessions. Threads: one at a time.
class FrameStylizer {
 public:
  FrameStylizer(const FrameStyle& style, const CancelToken* cancel);
  video::DeepFrame run(const video::DeepFrame& frame);

 private:
  stylize::Stylizer stylizer_;
  stylize::StylizeOptions options_;
  bool compare_;
};

/// 8 bits, transparent parts on white.
image::Image to_image(const video::DeepFrame& frame);

}  // namespace genga::cli
