// Paints superpixels with mean or median colors.
#include "filters/adaptive_color.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "filters/regions/felzenszwalb.h"
#include "filters/regions/region_merging.h"

namespace genga::filters {
namespace {

constexpr double kFlat = 20, kVaried = 40;  // standard deviations, 0..255
constexpr int kRegions = 200;
constexpr double kPower = 1.2;

/// How often each value occurs in a region, per channel.
struct Histogram {
  std::array<std::array<std::int32_t, 256>, 3> counts{};
  std::int64_t pixels = 0;
};

/// Of an even number of samples: the mean of the two in the middle.
double median(const std::array<std::int32_t, 256>& counts, std::int64_t n) {
  const auto nth = [&](std::int64_t rank) {
    std::size_t value = 0;
    for (std::int64_t below = counts[0]; below <= rank; below += counts[value]) ++value;
    return static_cast<double>(value);
  };
  return (nth((n - 1) / 2) + nth(n / 2)) / 2;
}

/// 0..1 per channel.
std::array<double, 3> color_of(const Histogram& region) {
  const auto n = static_cast<double>(region.pixels);
  std::array<double, 3> mean{}, color{};
  double sum = 0, squares = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    double channel_sum = 0;
    for (std::size_t v = 0; v < 256; ++v) {
      const auto value = static_cast<double>(v);
      channel_sum += value * region.counts[c][v];
      squares += value * value * region.counts[c][v];
    }
    sum += channel_sum;
    mean[c] = channel_sum / n;
  }
  const double all = 3 * n, deviation = std::sqrt(std::max(squares / all - (sum / all) * (sum / all), 0.0));
  const double of_median = deviation < kFlat ? 0 : deviation < kVaried ? 0.5 : 1;
  for (std::size_t c = 0; c < 3; ++c) {
    const double middle = of_median > 0 ? median(region.counts[c], region.pixels) : 0;
    color[c] = ((1 - of_median) * mean[c] + of_median * middle) / 255;
  }
  return color;
}

}  // namespace

void paint_adaptive(const image::Image& src, const Regions& regions, double power, std::span<float> dst) {
  const std::size_t n = regions.label.size();
  std::vector<Histogram> histograms(static_cast<std::size_t>(regions.count));
  for (std::size_t i = 0; i < n; ++i) {
    Histogram& region = histograms[static_cast<std::size_t>(regions.label[i])];
    for (std::size_t c = 0; c < 3; ++c) ++region.counts[c][src.rgb[i * 3 + c]];
    ++region.pixels;
  }
  std::vector<std::array<double, 3>> colors;
  double largest = 0;
  for (const Histogram& region : histograms) {
    colors.push_back(color_of(region));
    for (double& value : colors.back()) largest = std::max(largest, value = std::pow(value, power));
  }
  const double scale = largest > 0 ? 2 / largest : 0;  // a black image stays black
  for (std::size_t i = 0; i < n; ++i) {
    const std::array<double, 3>& color = colors[static_cast<std::size_t>(regions.label[i])];
    for (std::size_t c = 0; c < 3; ++c) dst[c * n + i] = static_cast<float>(color[c] * scale - 1);
  }
}

void structure_colors(const image::Image& src, std::span<float> dst) {
  const Regions fine = segment(src, {.scale = 10, .sigma = 0.8, .min_px = 100});
  paint_adaptive(src, merge_alike(src, fine, kRegions), kPower, dst);
}

}  // namespace genga::filters
