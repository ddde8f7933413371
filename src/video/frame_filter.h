// Deinterlacing and HDR to BT.709 by libavfilter, between the decoder and the network.
#pragma once

#include <string>

#include "video/ffmpeg.h"

namespace genga::video {

/// "PQ" or "HLG"; empty: no HDR.
std::string hdr_of(const AVFrame& frame);

/// What of libavfilter a video needs, as its language says it; empty: nothing.
std::string filters_for(const AVFrame& frame, bool interlaced);

/// A chain that is made again when the frames change their size or format.
class FrameFilter {
 public:
  /// filters: filters_for() of the first frame.
  FrameFilter(std::string filters, AVRational time_base) : filters_(std::move(filters)), time_base_(time_base) {}
  /// Takes the frame; null: none follow. Throws Error: kUnsupported.
  void push(AVFrame* frame);
  /// The next result, with times in the time base. False if more frames are needed, or none follow.
  bool pull(AVFrame& frame);

 private:
  void make(const AVFrame& frame);

  const std::string filters_;
  const AVRational time_base_;
  FilterGraphPtr graph_;
  AVFilterContext* source_ = nullptr;  // both owned by graph_
  AVFilterContext* sink_ = nullptr;
  int width_ = 0, height_ = 0, format_ = -1;
};

}  // namespace genga::video
