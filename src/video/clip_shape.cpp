// Color tags and sizes of frames.
#include "video/clip_shape.h"

#include <algorithm>
#include <cmath>

#include "video/frame_convert.h"

namespace genga::video {
namespace {

int tag_of_scaler_matrix(int matrix) {
  return matrix == SWS_CS_ITU709 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

}  // namespace

ColorTags tags_of(const AVFrame& frame, bool tone_mapped) {
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const bool rgb = about != nullptr && (about->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
  ColorTags tags{.range = frame.color_range,
                 .matrix = frame.colorspace,
                 .primaries = frame.color_primaries,
                 .transfer = frame.color_trc,
                 .chroma_location = frame.chroma_location};
  if (rgb || tone_mapped) {
    tags = {.range = AVCOL_RANGE_MPEG,
            .matrix = AVCOL_SPC_BT709,
            .primaries = AVCOL_PRI_BT709,
            .transfer = AVCOL_TRC_BT709};
  }
  if (tags.range == AVCOL_RANGE_UNSPECIFIED) tags.range = AVCOL_RANGE_MPEG;
  if (tags.matrix == AVCOL_SPC_UNSPECIFIED || tags.matrix == AVCOL_SPC_RGB) {
    tags.matrix = tag_of_scaler_matrix(matrix_of(frame));
  }
  return tags;
}

Ratio ratio(AVRational value) {
  return {value.num, value.den};
}

DeepReader::Size size_for(const image::TargetSize& wanted, int width, int height, bool sideways) {
  if (!wanted.wanted()) return {width, height, 0, 0, width, height};
  const auto side = [](double px) { return std::max(1, static_cast<int>(std::lround(px))); };
  if (wanted.long_side > 0) {
    const double scale = static_cast<double>(wanted.long_side) / std::max(width, height);
    const int w = side(width * scale);
    const int h = side(height * scale);
    return {w, h, 0, 0, w, h};
  }
  const int to_w = sideways ? wanted.height : wanted.width;
  const int to_h = sideways ? wanted.width : wanted.height;
  if (wanted.fit == image::Fit::kStretch) return {to_w, to_h, 0, 0, to_w, to_h};
  const double by_w = static_cast<double>(to_w) / width;
  const double by_h = static_cast<double>(to_h) / height;
  const bool cover = wanted.fit == image::Fit::kCover;
  const double scale = cover ? std::max(by_w, by_h) : std::min(by_w, by_h);
  const int w = std::max(side(width * scale), cover ? to_w : 1);
  const int h = std::max(side(height * scale), cover ? to_h : 1);
  if (!cover) return {w, h, 0, 0, w, h};
  return {w, h, (w - to_w) / 2, (h - to_h) / 2, to_w, to_h};
}

}  // namespace genga::video
