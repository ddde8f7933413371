// Non-local means of one image. By hand: training must not need OpenCV, which takes as long (docs/performance.md).
#include "filters/smoothing/nl_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "filters/planes.h"
#include "genga/reflect.h"

namespace genga::filters {
namespace {

constexpr double kMinWeight = 0.001;  // smaller weights count as none

using Bytes = std::vector<std::uint8_t>;

Bytes extend(std::span<const std::uint8_t> plane, int width, int height, int border) {
  Bytes extended;
  extended.reserve(static_cast<std::size_t>(width + 2 * border) * (height + 2 * border));
  for (int y = -border; y < height + border; ++y) {
    const std::size_t row = static_cast<std::size_t>(reflect(y, height)) * width;
    for (int x = -border; x < width + border; ++x) extended.push_back(plane[row + reflect(x, width)]);
  }
  return extended;
}

/// Fixed-point weights, indexed by the sum of squared differences over the window. For speed the sum is divided by a
/// power of two instead of the window's area; the table's unit corrects this.
struct WeightTable {
  WeightTable(int window_px, int search_px, double strength, std::size_t channels) {
    const int area = window_px * window_px;
    while (1 << shift < area) ++shift;
    const double unit = static_cast<double>(1 << shift) / area;
    const auto n_channels = static_cast<double>(channels);
    const int one =
        std::numeric_limits<int>::max() / (search_px * search_px * 255);  // weighted sums must fit in an int
    const auto n = static_cast<std::size_t>(255.0 * 255 * n_channels / unit) + 1;
    for (std::size_t i = 0; i < n; ++i) {
      const double similarity = std::exp(-static_cast<double>(i) * unit / (strength * strength * n_channels));
      const int weight = static_cast<int>(std::nearbyint(one * similarity));
      weights.push_back(weight < kMinWeight * one ? 0 : weight);
    }
  }
  int shift = 0;
  std::vector<int> weights{};
};

/// Averages over the search window, one displacement after the other; per displacement, window sums slide down the
/// image by columns.
class Averager {
 public:
  Averager(std::vector<Bytes> extended, int width, int height, int template_half, int search_half, double strength)
      : planes_(std::move(extended)),
        width_(width),
        height_(height),
        half_(template_half),
        border_(template_half + search_half),
        table_(2 * template_half + 1, 2 * search_half + 1, strength, planes_.size()),
        columns_(static_cast<std::size_t>(width) + 2 * template_half),
        window_(static_cast<std::size_t>(width)),
        weight_sums_(static_cast<std::size_t>(width) * height, 0),
        sums_(planes_.size(), std::vector<int>(static_cast<std::size_t>(width) * height, 0)) {}

  void add_displacement(int dx, int dy) {
    std::fill(columns_.begin(), columns_.end(), 0);
    for (int y = -half_; y < half_; ++y) add_row<1>(y, dx, dy);
    for (int y = 0; y < height_; ++y) {
      add_row<1>(y + half_, dx, dy);
      average_row(y, dx, dy);
      add_row<-1>(y - half_, dx, dy);
    }
  }

  Bytes result(std::size_t channel) const {
    Bytes plane(weight_sums_.size());
    for (std::size_t i = 0; i < plane.size(); ++i) {
      const auto total = static_cast<unsigned>(weight_sums_[i]);
      plane[i] = static_cast<std::uint8_t>((static_cast<unsigned>(sums_[channel][i]) + total / 2) / total);
    }
    return plane;
  }

 private:
  const std::uint8_t* at(std::size_t channel, int x, int y) const {
    return planes_[channel].data() + static_cast<std::size_t>(y + border_) * (width_ + 2 * border_) + x + border_;
  }

  template <int Sign>
  void add_row(int y, int dx, int dy) {
    const int n = static_cast<int>(columns_.size());
    int* columns = columns_.data();
    for (std::size_t c = 0; c < planes_.size(); ++c) {
      const std::uint8_t* a = at(c, -half_, y);
      const std::uint8_t* b = at(c, dx - half_, y + dy);
      for (int x = 0; x < n; ++x) {
        const int difference = a[x] - b[x];
        columns[x] += Sign * difference * difference;
      }
    }
  }

  void average_row(int y, int dx, int dy) {
    std::fill(window_.begin(), window_.end(), 0);
    for (int k = 0; k <= 2 * half_; ++k) {
      const int* columns = columns_.data() + k;
      for (int x = 0; x < width_; ++x) window_[x] += columns[x];
    }
    int* weights = window_.data();
    for (int x = 0; x < width_; ++x) weights[x] = table_.weights[static_cast<std::size_t>(weights[x] >> table_.shift)];
    const std::size_t row = static_cast<std::size_t>(y) * width_;
    for (int x = 0; x < width_; ++x) weight_sums_[row + x] += weights[x];
    for (std::size_t c = 0; c < planes_.size(); ++c) {
      const std::uint8_t* value = at(c, dx, y + dy);
      int* sums = sums_[c].data() + row;
      for (int x = 0; x < width_; ++x) sums[x] += weights[x] * value[x];
    }
  }

  const std::vector<Bytes> planes_;
  const int width_, height_, half_, border_;
  const WeightTable table_;
  std::vector<int> columns_;  // sums of squared differences over 2*half+1 rows
  std::vector<int> window_;
  std::vector<int> weight_sums_;
  std::vector<std::vector<int>> sums_;
};

/// Denoises planes together: one weight for all of them.
std::vector<Bytes> denoise(const std::vector<Bytes>& planes, int width, int height, double strength,
                           const NlMeansOptions& options) {
  const int template_half = options.template_px / 2, search_half = options.search_px / 2;
  std::vector<Bytes> extended;
  for (const Bytes& plane : planes) extended.push_back(extend(plane, width, height, template_half + search_half));
  Averager averager(std::move(extended), width, height, template_half, search_half, strength);
  for (int dy = -search_half; dy <= search_half; ++dy) {
    for (int dx = -search_half; dx <= search_half; ++dx) averager.add_displacement(dx, dy);
  }
  std::vector<Bytes> results;
  for (std::size_t c = 0; c < planes.size(); ++c) results.push_back(averager.result(c));
  return results;
}

/// 8-bit Lab: L stretched to 0..255, a and b with 128 added.
Bytes to_bytes(std::span<const float> plane, float scale, float offset) {
  Bytes bytes;
  bytes.reserve(plane.size());
  for (const float v : plane) {
    bytes.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(v * scale + offset), 0L, 255L)));
  }
  return bytes;
}

void from_bytes(const Bytes& bytes, float scale, float offset, std::span<float> plane) {
  std::transform(bytes.begin(), bytes.end(), plane.begin(), [&](std::uint8_t v) { return (v - offset) / scale; });
}

}  // namespace

image::Image nl_means(const image::Image& src, const NlMeansOptions& options) {
  constexpr float kLightness = 255.0F / 100, kZero = 128;
  Planes lab = to_lab(src, Transfer::kLinear);
  const auto light =
      denoise({to_bytes(lab.plane(0), kLightness, 0)}, src.width, src.height, options.luma_strength, options);
  const auto color = denoise({to_bytes(lab.plane(1), 1, kZero), to_bytes(lab.plane(2), 1, kZero)}, src.width,
                             src.height, options.color_strength, options);
  from_bytes(light[0], kLightness, 0, lab.plane(0));
  from_bytes(color[0], 1, kZero, lab.plane(1));
  from_bytes(color[1], 1, kZero, lab.plane(2));
  return from_lab(lab, Transfer::kLinear);
}

}  // namespace genga::filters
