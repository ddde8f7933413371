// Canny's edge detector on 8-bit grey. By hand: training must not need OpenCV, whose edges are the same but for ties
// (docs/performance.md).
#include "filters/canny.h"

#include <algorithm>
#include <cstdlib>

namespace genga::filters {
namespace {

struct Gradient {
  std::vector<int> dx, dy, magnitude;
};

Gradient sobel(std::span<const std::uint8_t> grey, int width, int height) {
  const std::size_t n = grey.size();
  Gradient g{std::vector<int>(n), std::vector<int>(n), std::vector<int>(n)};
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* above = grey.data() + static_cast<std::ptrdiff_t>(std::max(y - 1, 0)) * width;
    const std::uint8_t* here = grey.data() + static_cast<std::ptrdiff_t>(y) * width;
    const std::uint8_t* below = grey.data() + static_cast<std::ptrdiff_t>(std::min(y + 1, height - 1)) * width;
    for (int x = 0; x < width; ++x) {
      const int l = std::max(x - 1, 0), r = std::min(x + 1, width - 1);
      const std::size_t i = static_cast<std::size_t>(y) * width + x;
      g.dx[i] = above[r] - above[l] + 2 * (here[r] - here[l]) + below[r] - below[l];
      g.dy[i] = below[l] - above[l] + 2 * (below[x] - above[x]) + below[r] - above[r];
      g.magnitude[i] = std::abs(g.dx[i]) + std::abs(g.dy[i]);
    }
  }
  return g;
}

/// Offset to the neighbour along the gradient, rounded to one of eight directions (boundaries at 22.5 degrees).
std::ptrdiff_t along(int dx, int dy, int width) {
  const double ax = std::abs(dx), ay = std::abs(dy);
  constexpr double kTan22 = 0.41421356;
  if (ay < kTan22 * ax) return 1;
  if (ay * kTan22 > ax) return width;
  return (dx ^ dy) < 0 ? width - 1 : width + 1;
}

}  // namespace

std::vector<std::uint8_t> canny(std::span<const std::uint8_t> grey, int width, int height, int low, int high) {
  const Gradient g = sobel(grey, width, height);
  std::vector<std::uint8_t> edges(grey.size(), 0);
  std::vector<std::uint8_t> weak(grey.size(), 0);
  std::vector<std::ptrdiff_t> open;
  for (int y = 1; y < height - 1; ++y) {
    for (int x = 1; x < width - 1; ++x) {
      const std::ptrdiff_t i = static_cast<std::ptrdiff_t>(y) * width + x;
      const int m = g.magnitude[i];
      if (m <= low) continue;
      const std::ptrdiff_t step = along(g.dx[i], g.dy[i], width);
      // One side strict: of two equal neighbours exactly one is a maximum.
      if (m <= g.magnitude[i - step] || m < g.magnitude[i + step]) continue;
      weak[i] = 1;
      if (m > high) open.push_back(i);
    }
  }
  while (!open.empty()) {
    const std::ptrdiff_t i = open.back();
    open.pop_back();
    if (edges[i] != 0) continue;
    edges[i] = 1;
    for (const std::ptrdiff_t step : {-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1}) {
      if (weak[i + step] != 0 && edges[i + step] == 0) open.push_back(i + step);
    }
  }
  return edges;
}

}  // namespace genga::filters
