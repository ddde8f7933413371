// Blurs the contours of an image and leaves the rest. Images less than 3 pixels wide or high have no contours.
#include "filters/edge_smooth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "filters/canny.h"
#include "genga/reflect.h"

namespace genga::filters {
namespace {

constexpr int kRadius = 2;
constexpr double kSigma = 1.1;

std::vector<std::uint8_t> to_grey(const image::Image& src) {
  std::vector<std::uint8_t> grey(src.rgb.size() / 3);
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const std::uint8_t* p = src.rgb.data() + i * 3;
    grey[i] = static_cast<std::uint8_t>(std::lround(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]));
  }
  return grey;
}

std::vector<std::uint8_t> dilate(const std::vector<std::uint8_t>& src, int width, int height) {
  std::vector<std::uint8_t> dst(src.size(), 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (src[static_cast<std::size_t>(y) * width + x] == 0) continue;
      const int left = std::max(x - kRadius, 0), right = std::min(x + kRadius, width - 1);
      for (int v = std::max(y - kRadius, 0); v <= std::min(y + kRadius, height - 1); ++v) {
        const auto row = dst.begin() + static_cast<std::ptrdiff_t>(v) * width;
        std::fill(row + left, row + right + 1, std::uint8_t{1});
      }
    }
  }
  return dst;
}

std::array<double, 2 * kRadius + 1> gaussian() {
  std::array<double, 2 * kRadius + 1> kernel{};
  double sum = 0;
  for (int i = -kRadius; i <= kRadius; ++i) {
    kernel[static_cast<std::size_t>(i + kRadius)] = std::exp(-i * i / (2 * kSigma * kSigma));
    sum += kernel[static_cast<std::size_t>(i + kRadius)];
  }
  for (double& k : kernel) k /= sum;
  return kernel;
}

}  // namespace

image::Image smooth_edges(const image::Image& src) {
  const std::vector<std::uint8_t> near_edge =
      dilate(canny(to_grey(src), src.width, src.height, 100, 200), src.width, src.height);
  const auto kernel = gaussian();
  image::Image dst = src;
  for (int y = 0; y < src.height; ++y) {
    for (int x = 0; x < src.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * src.width + x;
      if (near_edge[at] == 0) continue;
      double sum[3] = {};
      for (int v = -kRadius; v <= kRadius; ++v) {
        const std::uint8_t* row =
            src.rgb.data() + static_cast<std::ptrdiff_t>(reflect(y + v, src.height)) * src.width * 3;
        for (int u = -kRadius; u <= kRadius; ++u) {
          const double weight =
              kernel[static_cast<std::size_t>(v + kRadius)] * kernel[static_cast<std::size_t>(u + kRadius)];
          const std::uint8_t* p = row + reflect(x + u, src.width) * 3;
          for (int c = 0; c < 3; ++c) sum[c] += weight * p[c];
        }
      }
      for (std::size_t c = 0; c < 3; ++c) dst.rgb[at * 3 + c] = static_cast<std::uint8_t>(std::lround(sum[c]));
    }
  }
  return dst;
}

}  // namespace genga::filters
