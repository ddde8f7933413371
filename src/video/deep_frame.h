// Decoded frames to RGB with 16 bits a sample, and back to what an encoder takes.
#pragma once

#include "genga/transcode.h"
#include "video/ffmpeg.h"

namespace genga::video {

/// Frames of any size, pixel format, matrix and range to RGB or RGBA of one size.
class DeepReader {
 public:
  /// The frame is scaled to width x height; of that the part at left, top of cut_width x cut_height is kept.
  struct Size {
    int width = 0, height = 0;
    int left = 0, top = 0, cut_width = 0, cut_height = 0;
  };
  DeepReader(const Size& size, bool alpha) : size_(size), alpha_(alpha) {}
  /// pts and duration are left as they are. Throws Error: kUnsupported (a pixel format swscale does not know).
  DeepFrame convert(const AVFrame& frame);

 private:
  void prepare(const AVFrame& frame);

  Size size_;
  bool alpha_;
  ScalerPtr scaler_;
  int src_width_ = 0, src_height_ = 0, src_format_ = -1, matrix_ = -1, range_ = -1;
};

/// Frames of one size to one pixel format, with a matrix and range. Where the encoder's frame is larger, the last row
/// and column are repeated; where it has no alpha, transparent parts lie on white.
class DeepWriter {
 public:
  DeepWriter(int width, int height, AVPixelFormat format, const ColorTags& color);
  /// dst: has room for its size and format.
  void convert(const DeepFrame& frame, AVFrame& dst);

 private:
  void load(const DeepFrame& frame);

  int width_, height_;
  bool keeps_alpha_;
  AVPixelFormat format_;
  int matrix_, range_;
  ScalerPtr scaler_;
  FramePtr rgb_;
};

/// The frame turned clockwise by 0, 90, 180 or 270 degrees.
DeepFrame turn(DeepFrame frame, int degrees);

}  // namespace genga::video
