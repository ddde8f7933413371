// Crops and reduces images by a triangle filter; conversion between 8-bit pixels and planes of floats.
#include "filters/resample.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace genga::filters {
namespace {

struct Taps {
  int first = 0;
  std::vector<float> weights;  // sum to 1
};

/// For each of n_dst samples over n_src source samples: which are read and how much each counts.
std::vector<Taps> triangle_taps(int n_src, int n_dst) {
  const double scale = static_cast<double>(n_src) / n_dst;
  const double radius = std::max(scale, 1.0);
  std::vector<Taps> taps(static_cast<std::size_t>(n_dst));
  for (int i = 0; i < n_dst; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(centre - radius + 0.5), 0);
    const int last = std::min(static_cast<int>(centre + radius + 0.5), n_src);
    Taps& tap = taps[static_cast<std::size_t>(i)];
    tap.first = first;
    double sum = 0;
    for (int j = first; j < last; ++j) {
      const double weight = std::max(0.0, 1.0 - std::abs(j + 0.5 - centre) / radius);
      tap.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : tap.weights) weight = static_cast<float>(weight / sum);
  }
  return taps;
}

/// rows: [side, side*3] of the crop -> [side, crop_px*3].
std::vector<float> shrink_rows(const image::Image& src, const Crop& crop, const std::vector<Taps>& taps) {
  const std::size_t n_dst = taps.size();
  std::vector<float> dst(static_cast<std::size_t>(crop.side) * n_dst * 3);
  float* out = dst.data();
  for (int y = 0; y < crop.side; ++y) {
    const std::size_t start = (static_cast<std::size_t>(crop.y + y) * src.width + crop.x) * 3;
    const std::uint8_t* row = src.rgb.data() + start;
    for (const Taps& tap : taps) {
      float sum[3] = {};
      const std::uint8_t* pixel = row + 3 * tap.first;
      for (const float weight : tap.weights) {
        for (int c = 0; c < 3; ++c) sum[c] += weight * static_cast<float>(*pixel++);
      }
      for (const float value : sum) *out++ = value;
    }
  }
  return dst;
}

}  // namespace

image::Image cut(const image::Image& src, const Crop& crop, int crop_px) {
  const std::vector<Taps> taps = triangle_taps(crop.side, crop_px);
  const std::vector<float> rows = shrink_rows(src, crop, taps);
  const std::size_t stride = static_cast<std::size_t>(crop_px) * 3;
  image::Image dst{crop_px, crop_px, std::vector<std::uint8_t>(stride * crop_px)};
  std::vector<float> sum(stride);
  for (int y = 0; y < crop_px; ++y) {
    std::fill(sum.begin(), sum.end(), 0.0F);
    const Taps& tap = taps[static_cast<std::size_t>(y)];
    for (std::size_t j = 0; j < tap.weights.size(); ++j) {
      const float* row = rows.data() + (static_cast<std::size_t>(tap.first) + j) * stride;
      for (std::size_t i = 0; i < stride; ++i) sum[i] += tap.weights[j] * row[i];
    }
    std::uint8_t* out = dst.rgb.data() + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < crop_px; ++x) {
      const int to = crop.flip ? crop_px - 1 - x : x;
      for (int c = 0; c < 3; ++c) out[to * 3 + c] = static_cast<std::uint8_t>(std::lround(sum[x * 3 + c]));
    }
  }
  return dst;
}

void to_planar(const image::Image& src, std::span<float> dst) {
  const std::size_t n_pixels = src.rgb.size() / 3;
  for (std::size_t i = 0; i < n_pixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c) dst[c * n_pixels + i] = static_cast<float>(src.rgb[i * 3 + c]) / 127.5F - 1.0F;
  }
}

image::Image from_planar(std::span<const float> src, int width, int height) {
  const std::size_t n_pixels = static_cast<std::size_t>(width) * height;
  image::Image dst{width, height, std::vector<std::uint8_t>(n_pixels * 3)};
  for (std::size_t i = 0; i < n_pixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = (src[c * n_pixels + i] + 1) * 127.5F + 0.5F;
      dst.rgb[i * 3 + c] = value > 0 ? static_cast<std::uint8_t>(std::min(value, 255.0F)) : std::uint8_t{0};
    }
  }
  return dst;
}

}  // namespace genga::filters
