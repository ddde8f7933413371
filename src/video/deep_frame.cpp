// swscale between decoded frames and RGB with 16 bits a sample.
#include "video/deep_frame.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"
#include "video/frame_convert.h"

namespace genga::video {
namespace {

constexpr int kFlags = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

bool is_rgb(AVPixelFormat format) {
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  return about != nullptr && (about->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

bool has_alpha(AVPixelFormat format) {
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  return about != nullptr && (about->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
}

int scaler_matrix(int tag) {
  AVFrame frame{};
  frame.colorspace = static_cast<AVColorSpace>(tag);
  return matrix_of(frame);
}

}  // namespace

void DeepReader::prepare(const AVFrame& frame) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  const int matrix = matrix_of(frame);
  const int range = frame.color_range == AVCOL_RANGE_JPEG || is_rgb(format) ? 1 : 0;
  if (scaler_ && frame.width == src_width_ && frame.height == src_height_ && frame.format == src_format_ &&
      matrix == matrix_ && range == range_) {
    return;
  }
  const int flags = kFlags | (size_.width < frame.width || size_.height < frame.height ? SWS_AREA : SWS_BICUBIC);
  scaler_.reset(sws_getContext(frame.width, frame.height, format, size_.width, size_.height,
                               alpha_ ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGB48, flags, nullptr, nullptr, nullptr));
  if (!scaler_) {
    const char* name = av_get_pix_fmt_name(format);
    fail(ErrorCode::kUnsupported, "pixel format {} of the video cannot be turned into RGB",
         name == nullptr ? "(unknown)" : name);
  }
  sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(matrix), range, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0,
                           1 << 16, 1 << 16);
  src_width_ = frame.width;
  src_height_ = frame.height;
  src_format_ = frame.format;
  matrix_ = matrix;
  range_ = range;
}

DeepFrame DeepReader::convert(const AVFrame& frame) {
  prepare(frame);
  const int channels = alpha_ ? 4 : 3;
  // swscale may write beyond a row up to a whole vector: it writes to padded rows, which are copied.
  const int stride = (2 * channels * size_.width + 63) / 64 * 64;
  std::vector<std::uint8_t> padded(static_cast<std::size_t>(stride) * static_cast<std::size_t>(size_.height) + 64);
  std::uint8_t* planes[4] = {padded.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {stride, 0, 0, 0};
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes, strides);
  DeepFrame deep{.width = size_.cut_width, .height = size_.cut_height, .channels = channels};
  const std::size_t row = static_cast<std::size_t>(deep.width) * static_cast<std::size_t>(channels);
  deep.samples.resize(row * static_cast<std::size_t>(deep.height));
  for (int y = 0; y < deep.height; ++y) {
    const std::uint8_t* src = padded.data() + std::ptrdiff_t{y + size_.top} * stride + 2 * channels * size_.left;
    std::copy_n(src, 2 * row, reinterpret_cast<std::uint8_t*>(deep.samples.data() + row * static_cast<std::size_t>(y)));
  }
  return deep;
}

DeepWriter::DeepWriter(int width, int height, AVPixelFormat format, const ColorTags& color)
    : width_(width),
      height_(height),
      keeps_alpha_(has_alpha(format)),
      format_(format),
      matrix_(scaler_matrix(color.matrix)),
      range_(color.range == AVCOL_RANGE_JPEG || is_rgb(format) ? 1 : 0) {}

void DeepWriter::load(const DeepFrame& frame) {
  const bool alpha = frame.channels == 4;
  const int kept = alpha && keeps_alpha_ ? 4 : 3;
  for (int y = 0; y < rgb_->height; ++y) {
    const std::uint16_t* src = frame.samples.data() + static_cast<std::size_t>(std::min(y, height_ - 1)) *
                                                          static_cast<std::size_t>(width_ * frame.channels);
    auto* dst = reinterpret_cast<std::uint16_t*>(rgb_->data[0] + std::ptrdiff_t{y} * rgb_->linesize[0]);
    if (kept == frame.channels) {
      std::copy_n(src, width_ * kept, dst);
    } else {
      for (int x = 0; x < width_; ++x) {
        const std::uint32_t opaque = src[4 * x + 3];
        for (int c = 0; c < 3; ++c) {
          dst[3 * x + c] = static_cast<std::uint16_t>((src[4 * x + c] * opaque + 65535 * (65535 - opaque)) / 65535);
        }
      }
    }
    if (rgb_->width > width_) std::copy_n(dst + (width_ - 1) * kept, kept, dst + width_ * kept);
  }
}

void DeepWriter::convert(const DeepFrame& frame, AVFrame& dst) {
  if (!rgb_) {
    rgb_ = new_frame();
    rgb_->width = dst.width;
    rgb_->height = dst.height;
    rgb_->format = keeps_alpha_ && frame.channels == 4 ? AV_PIX_FMT_RGBA64 : AV_PIX_FMT_RGB48;
    if (av_frame_get_buffer(rgb_.get(), 0) < 0) throw std::bad_alloc();
    scaler_.reset(sws_getContext(dst.width, dst.height, static_cast<AVPixelFormat>(rgb_->format), dst.width, dst.height,
                                 format_, kFlags | SWS_BICUBIC, nullptr, nullptr, nullptr));
    if (!scaler_)
      fail(ErrorCode::kUnsupported, "pixel format {} cannot be made from RGB", av_get_pix_fmt_name(format_));
    sws_setColorspaceDetails(scaler_.get(), sws_getCoefficients(SWS_CS_DEFAULT), 1, sws_getCoefficients(matrix_),
                             range_, 0, 1 << 16, 1 << 16);
  }
  load(frame);
  sws_scale(scaler_.get(), rgb_->data, rgb_->linesize, 0, rgb_->height, dst.data, dst.linesize);
}

DeepFrame turn(DeepFrame frame, int degrees) {
  if (degrees == 0) return frame;
  DeepFrame turned = frame;
  if (degrees != 180) std::swap(turned.width, turned.height);
  const int w = frame.width;
  const int h = frame.height;
  const auto at = [](const DeepFrame& f, int x, int y) {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(f.width) + static_cast<std::size_t>(x)) *
           static_cast<std::size_t>(f.channels);
  };
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      const auto [from_x, from_y] = degrees == 90    ? std::pair(y, h - 1 - x)
                                    : degrees == 180 ? std::pair(w - 1 - x, h - 1 - y)
                                                     : std::pair(w - 1 - y, x);
      std::copy_n(frame.samples.data() + at(frame, from_x, from_y), frame.channels,
                  turned.samples.data() + at(turned, x, y));
    }
  }
  return turned;
}

}  // namespace genga::video
