// Decoded frames to RGB with swscale, by the matrix and range that the frame or its size says.
#include "video/frame_convert.h"

#include "genga/error.h"

namespace genga::video {

/// Untagged videos: BT.709 from HD on, BT.601 below, as players assume.
int matrix_of(const AVFrame& frame) {
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
      return SWS_CS_ITU709;
    case AVCOL_SPC_FCC:
      return SWS_CS_FCC;
    case AVCOL_SPC_SMPTE240M:
      return SWS_CS_SMPTE240M;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return SWS_CS_BT2020;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return SWS_CS_ITU601;
    default:
      return frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }
}

void FrameConverter::prepare(const AVFrame& frame) {
  const int matrix = matrix_of(frame);
  const int range = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  if (scaler_ && frame.width == src_width_ && frame.height == src_height_ && frame.format == src_format_ &&
      matrix == matrix_ && range == range_) {
    return;
  }
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const bool reduces = width_ < frame.width || height_ < frame.height;
  const int flags = (reduces ? SWS_AREA : SWS_BICUBIC) | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  scaler_.reset(sws_getContext(frame.width, frame.height, format, width_, height_, AV_PIX_FMT_RGB24, flags, nullptr,
                               nullptr, nullptr));
  if (!scaler_) {
    const char* name = av_get_pix_fmt_name(format);
    fail(ErrorCode::kUnsupported, "pixel format {} of the video cannot be turned into RGB",
         name == nullptr ? "(unknown)" : name);
  }
  const int* rgb = sws_getCoefficients(SWS_CS_DEFAULT);
  sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(matrix), range, rgb, 1, 0, 1 << 16, 1 << 16);
  src_width_ = frame.width;
  src_height_ = frame.height;
  src_format_ = frame.format;
  matrix_ = matrix;
  range_ = range;
}

image::Image FrameConverter::convert(const AVFrame& frame) {
  prepare(frame);
  // swscale may write beyond a row up to a whole vector: it writes to padded rows, which are copied.
  const int stride = (3 * width_ + 63) / 64 * 64;
  std::vector<std::uint8_t> padded(static_cast<std::size_t>(stride) * height_ + 64);
  std::uint8_t* planes[4] = {padded.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {stride, 0, 0, 0};
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides);
  image::Image image{.width = width_, .height = height_, .rgb = {}};
  image.rgb.reserve(std::size_t{3} * width_ * height_);
  for (int y = 0; y < height_; ++y) {
    const auto row = padded.begin() + std::ptrdiff_t{y} * stride;
    image.rgb.insert(image.rgb.end(), row, row + 3 * width_);
  }
  return image;
}

}  // namespace genga::video
