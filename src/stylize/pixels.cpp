#include "stylize/pixels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/error.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

// Plane of the tensor that holds red, green, blue.
std::array<std::size_t, 3> planes_of(weights::ChannelOrder order) {
  return order == weights::ChannelOrder::kRgb ? std::array<std::size_t, 3>{0, 1, 2}
                                              : std::array<std::size_t, 3>{2, 1, 0};
}

}  // namespace

void to_tensor(const RowBand& band, const PhotoRows& photo, const WindowArea& window,
               const weights::PixelFormat& format, std::span<float> dst) {
  const std::size_t width = static_cast<std::size_t>(window.width);
  const std::size_t plane = width * static_cast<std::size_t>(window.height);
  const auto planes = planes_of(format.order);
  const float scale = (format.input_high - format.input_low) / 65535.0F;
  std::vector<std::size_t> source_of(width);
  for (std::size_t x = 0; x < width; ++x) {
    source_of[x] = static_cast<std::size_t>(mirrored(window.x + static_cast<int>(x), photo.width) * photo.channels);
  }
  for (int y = 0; y < window.height; ++y) {
    const std::uint16_t* src = band.row(mirrored(window.y + y, photo.height));
    for (std::size_t c = 0; c < 3; ++c) {
      float* row = dst.data() + planes[c] * plane + static_cast<std::size_t>(y) * width;
      for (std::size_t x = 0; x < width; ++x) {
        row[x] = format.input_low + scale * static_cast<float>(src[source_of[x] + c]);
      }
    }
  }
}

void to_rows(std::span<const float> src, const TensorArea& area, const weights::PixelFormat& format, std::uint16_t* dst,
             std::size_t dst_stride, int channels) {
  const std::size_t plane = static_cast<std::size_t>(area.tensor_width) * static_cast<std::size_t>(area.tensor_height);
  const auto planes = planes_of(format.order);
  const float scale = 65535.0F / (format.output_high - format.output_low);
  bool finite = true;
  for (int y = 0; y < area.height; ++y) {
    const std::size_t first = static_cast<std::size_t>(area.y + y) * static_cast<std::size_t>(area.tensor_width) +
                              static_cast<std::size_t>(area.x);
    std::uint16_t* row = dst + static_cast<std::size_t>(y) * dst_stride;
    for (std::size_t c = 0; c < 3; ++c) {
      const float* values = src.data() + planes[c] * plane + first;
      for (int x = 0; x < area.width; ++x) {
        finite &= std::isfinite(values[x]);
        const float sample = std::min(65535.0F, std::max(0.0F, (values[x] - format.output_low) * scale));
        row[static_cast<std::size_t>(x * channels) + c] = static_cast<std::uint16_t>(sample + 0.5F);
      }
    }
  }
  if (!finite) {
    fail(ErrorCode::kCorruptData, "the network's result is not a number; the model's weights are broken");
  }
}

}  // namespace genga::stylize
