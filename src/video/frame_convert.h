// Decoded frames (any pixel format, matrix and range) to RGB images of one size.
#pragma once

#include "genga/image.h"
#include "video/ffmpeg.h"

namespace genga::video {

/// swscale's number for the frame's matrix, or the one that players assume for it.
int matrix_of(const AVFrame& frame);

class FrameConverter {
 public:
  FrameConverter(int width, int height) : width_(width), height_(height) {}
  /// Throws Error: kUnsupported (a pixel format swscale does not know).
  image::Image convert(const AVFrame& frame);

 private:
  void prepare(const AVFrame& frame);

  int width_, height_;
  ScalerPtr scaler_;
  // What scaler_ was made for; videos may change in the middle.
  int src_width_ = 0, src_height_ = 0, src_format_ = -1, matrix_ = -1, range_ = -1;
};

}  // namespace genga::video
