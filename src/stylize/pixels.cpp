// u16 rows to planar float tensors in the card's range and channel order, and back. Both loops run on several threads.
#include "stylize/pixels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/error.h"
#include "genga/reflect.h"

namespace genga::stylize {
namespace {

// Plane of the tensor that holds red, green, blue.
std::array<std::size_t, 3> planes_of(weights::ChannelOrder order) {
  return order == weights::ChannelOrder::kRgb ? std::array<std::size_t, 3>{0, 1, 2}
                                              : std::array<std::size_t, 3>{2, 1, 0};
}

// With fewer samples, waking a second thread takes longer than the work.
constexpr std::size_t kSamplesWorthThreads = 100'000;

}  // namespace

void to_tensor(const RowBand& band, const PhotoRows& photo, const WindowArea& window,
               const weights::PixelFormat& format, int threads, std::span<float> dst) {
  const std::size_t width = static_cast<std::size_t>(window.width);
  const std::size_t plane = width * static_cast<std::size_t>(window.height);
  const std::size_t step = static_cast<std::size_t>(photo.channels);
  const std::size_t inside = static_cast<std::size_t>(std::clamp(photo.width - window.x, 0, window.width));
  const auto planes = planes_of(format.order);
  const float low = format.input_low;
  const float scale = (format.input_high - low) / 65535.0F;
#pragma omp parallel for num_threads(threads) if (dst.size() > kSamplesWorthThreads)
  for (int y = 0; y < window.height; ++y) {
    const std::uint16_t* src = band.row(reflect(window.y + y, photo.height));
    const std::size_t first = static_cast<std::size_t>(window.x);
    for (std::size_t c = 0; c < 3; ++c) {
      float* row = dst.data() + planes[c] * plane + static_cast<std::size_t>(y) * width;
      for (std::size_t x = 0; x < inside; ++x) row[x] = low + scale * static_cast<float>(src[(first + x) * step + c]);
      for (std::size_t x = inside; x < width; ++x) {
        const auto source = static_cast<std::size_t>(reflect(window.x + static_cast<int>(x), photo.width));
        row[x] = low + scale * static_cast<float>(src[source * step + c]);
      }
    }
  }
}

void to_rows(std::span<const float> src, const TensorArea& area, const weights::PixelFormat& format, int threads,
             std::uint16_t* dst, std::size_t dst_stride, int channels) {
  const std::size_t plane = static_cast<std::size_t>(area.tensor_width) * static_cast<std::size_t>(area.tensor_height);
  const auto planes = planes_of(format.order);
  const float low = format.output_low;
  const float scale = 65535.0F / (format.output_high - low);
  const std::size_t n_samples = 3 * static_cast<std::size_t>(area.width) * static_cast<std::size_t>(area.height);
  bool finite = true;
#pragma omp parallel for num_threads(threads) reduction(&& : finite) if (n_samples > kSamplesWorthThreads)
  for (int y = 0; y < area.height; ++y) {
    const std::size_t first = static_cast<std::size_t>(area.y + y) * static_cast<std::size_t>(area.tensor_width) +
                              static_cast<std::size_t>(area.x);
    std::uint16_t* row = dst + static_cast<std::size_t>(y) * dst_stride;
    for (std::size_t c = 0; c < 3; ++c) {
      const float* values = src.data() + planes[c] * plane + first;
      bool row_finite = true;
      for (int x = 0; x < area.width; ++x) {
        row_finite &= std::isfinite(values[x]);
        const float sample = std::min(65535.0F, std::max(0.0F, (values[x] - low) * scale));
        row[static_cast<std::size_t>(x * channels) + c] = static_cast<std::uint16_t>(static_cast<int>(sample + 0.5F));
      }
      finite = finite && row_finite;
    }
  }
  if (!finite) {
    fail(ErrorCode::kCorruptData, "the network's result is not a number; the model's weights are broken");
  }
}

}  // namespace genga::stylize
