// One frame through the network, and beside its source.
#include "app_genga/video/frame_stylizer.h"

#include <algorithm>

namespace genga::cli {
namespace {

constexpr int kGap = 4;                       // white, between source and result
constexpr std::int64_t kBytesPerPixel = 200;  // of a session with its rows, for the built-in styles
constexpr std::int64_t kMaxMemory = std::int64_t{1} << 30;

video::DeepFrame side_by_side(const video::DeepFrame& left, const video::DeepFrame& right) {
  video::DeepFrame both{.width = compared_width(left.width),
                        .height = left.height,
                        .channels = left.channels,
                        .pts = right.pts,
                        .duration = right.duration};
  const auto channels = static_cast<std::size_t>(left.channels);
  const std::size_t row = static_cast<std::size_t>(left.width) * channels;
  const std::size_t both_row = static_cast<std::size_t>(both.width) * channels;
  both.samples.assign(both_row * static_cast<std::size_t>(both.height), 65535);
  for (std::size_t y = 0; y < static_cast<std::size_t>(left.height); ++y) {
    std::copy_n(left.samples.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                both.samples.begin() + static_cast<std::ptrdiff_t>(y * both_row));
    std::copy_n(right.samples.begin() + static_cast<std::ptrdiff_t>(y * row), row,
                both.samples.begin() + static_cast<std::ptrdiff_t>((y + 1) * both_row - row));
  }
  return both;
}

}  // namespace

int sessions_for(int width, int height, int threads, std::int64_t memory_bytes) {
  const std::int64_t memory = memory_bytes > 0 ? memory_bytes : std::min(available_memory_bytes() / 4, kMaxMemory);
  const std::int64_t fit = memory / (kBytesPerPixel * width * height);
  return static_cast<int>(std::clamp<std::int64_t>(fit, 1, std::max(threads, 1)));
}

int compared_width(int width) {
  return 2 * width + kGap;
}

FrameStylizer::FrameStylizer(const FrameStyle& style, const CancelToken* cancel)
    : stylizer_(style.model.model, style.engine), options_(style.stylize), compare_(style.compare) {
  options_.mask_pixels = style.mask;
  options_.cancel = cancel;
}

video::DeepFrame FrameStylizer::run(const video::DeepFrame& frame) {
  video::DeepFrame result = frame;
  stylizer_.stylize(frame.samples, result.samples, frame.width, frame.height, options_);
  return compare_ ? side_by_side(frame, result) : result;
}

image::Image to_image(const video::DeepFrame& frame) {
  image::Image image{.width = frame.width, .height = frame.height, .rgb = {}};
  const auto channels = static_cast<std::size_t>(frame.channels);
  image.rgb.reserve(frame.samples.size() / channels * 3);
  for (std::size_t i = 0; i < frame.samples.size(); i += channels) {
    const std::uint32_t opaque = channels == 4 ? frame.samples[i + 3] : 65535;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint32_t on_white = (frame.samples[i + c] * opaque + 65535 * (65535 - opaque)) / 65535;
      image.rgb.push_back(static_cast<std::uint8_t>((on_white * 255 + 32767) / 65535));
    }
  }
  return image;
}

}  // namespace genga::cli
