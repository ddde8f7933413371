// Joins regions by similarity of color, texture, size and fill.
#include "filters/regions/region_merging.h"

#include <algorithm>
#include <array>
#include <queue>
#include <set>
#include <tuple>

#include "filters/planes.h"

namespace genga::filters {
namespace {

constexpr int kColorBins = 25, kTextureBins = 10;  // per channel, as in the paper
using ColorHistogram = std::array<double, std::size_t{3} * kColorBins>;
using TextureHistogram = std::array<double, std::size_t{3} * kTextureBins>;

struct Region {
  double pixels = 0;
  int left = 0, top = 0, right = 0, bottom = 0;  // right and bottom are outside
  ColorHistogram color{};                        // sums to 1, as texture
  TextureHistogram texture{};
  std::set<std::int32_t> neighbours{};
  bool alive = true;
};

int bin(double value, double low, double high, int n) {
  return std::clamp(static_cast<int>((value - low) / (high - low) * n), 0, n - 1);
}

/// One bit per neighbour that is at least as light, clockwise from the top left; the border repeats.
int binary_pattern(std::span<const float> plane, int width, int height, int x, int y) {
  constexpr std::array<std::array<int, 2>, 8> kAround{
      {{-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}}};
  const float centre = plane[static_cast<std::size_t>(y) * width + x];
  int code = 0;
  for (const auto& [dx, dy] : kAround) {
    const int u = std::clamp(x + dx, 0, width - 1), v = std::clamp(y + dy, 0, height - 1);
    code = code * 2 + (plane[static_cast<std::size_t>(v) * width + u] >= centre ? 1 : 0);
  }
  return code;
}

void count_pixel(const Planes& lab, int x, int y, Region& region) {
  const std::size_t i = static_cast<std::size_t>(y) * lab.width + x;
  if (region.pixels == 0) region = {.left = x, .top = y, .right = x + 1, .bottom = y + 1};
  region.left = std::min(region.left, x);
  region.right = std::max(region.right, x + 1);
  region.bottom = std::max(region.bottom, y + 1);
  ++region.pixels;
  for (int c = 0; c < 3; ++c) {
    const int color = c == 0 ? bin(lab.plane(c)[i], 0, 100, kColorBins) : bin(lab.plane(c)[i], -128, 128, kColorBins);
    ++region.color[static_cast<std::size_t>(c * kColorBins + color)];
    const int pattern = binary_pattern(lab.plane(c), lab.width, lab.height, x, y);
    ++region.texture[static_cast<std::size_t>(c * kTextureBins + bin(pattern, 0, 256, kTextureBins))];
  }
}

std::vector<Region> measure(const image::Image& src, const Regions& regions) {
  const Planes lab = to_lab(src);
  std::vector<Region> measured(static_cast<std::size_t>(regions.count));
  for (int y = 0; y < src.height; ++y) {
    for (int x = 0; x < src.width; ++x) {
      count_pixel(lab, x, y, measured[static_cast<std::size_t>(regions.label[y * src.width + x])]);
    }
  }
  for (Region& region : measured) {
    for (double& n : region.color) n /= 3 * region.pixels;
    for (double& n : region.texture) n /= 3 * region.pixels;
  }
  const auto touch = [&](std::int32_t a, std::int32_t b) {
    if (a == b) return;
    measured[static_cast<std::size_t>(a)].neighbours.insert(b);
    measured[static_cast<std::size_t>(b)].neighbours.insert(a);
  };
  for (int i = 0; i < src.width * src.height; ++i) {
    if (i % src.width + 1 < src.width) touch(regions.label[i], regions.label[i + 1]);
    if (i + src.width < src.width * src.height) touch(regions.label[i], regions.label[i + src.width]);
  }
  return measured;
}

template <std::size_t N>
double intersection(const std::array<double, N>& a, const std::array<double, N>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += std::min(a[i], b[i]);
  return sum;
}

/// Sum of the four measures of sec. 3.2, each in 0..1.
double similarity(const Region& a, const Region& b, double image_px) {
  const double both = a.pixels + b.pixels;
  const double box = static_cast<double>(std::max(a.right, b.right) - std::min(a.left, b.left)) *
                     (std::max(a.bottom, b.bottom) - std::min(a.top, b.top));
  return intersection(a.color, b.color) + intersection(a.texture, b.texture) + (1 - both / image_px) +
         (1 - (box - both) / image_px);
}

Region joined(const Region& a, const Region& b) {
  Region sum{.pixels = a.pixels + b.pixels,
             .left = std::min(a.left, b.left),
             .top = std::min(a.top, b.top),
             .right = std::max(a.right, b.right),
             .bottom = std::max(a.bottom, b.bottom)};
  const double weight = a.pixels / sum.pixels;
  for (std::size_t i = 0; i < sum.color.size(); ++i) sum.color[i] = weight * a.color[i] + (1 - weight) * b.color[i];
  for (std::size_t i = 0; i < sum.texture.size(); ++i) {
    sum.texture[i] = weight * a.texture[i] + (1 - weight) * b.texture[i];
  }
  return sum;
}

}  // namespace

Regions merge_alike(const image::Image& src, const Regions& regions, int count) {
  std::vector<Region> all = measure(src, regions);
  std::vector<std::int32_t> parent(all.size(), -1);
  const double image_px = static_cast<double>(src.width) * src.height;
  std::priority_queue<std::tuple<double, std::int32_t, std::int32_t>> pairs;  // ties: the newest first
  const auto at = [&](std::int32_t i) -> Region& { return all[static_cast<std::size_t>(i)]; };
  for (std::int32_t a = 0; a < regions.count; ++a) {
    for (const std::int32_t b : at(a).neighbours) {
      if (a < b) pairs.emplace(similarity(at(a), at(b), image_px), a, b);
    }
  }
  for (int left = regions.count; left > count && !pairs.empty();) {
    const auto [_, a, b] = pairs.top();
    pairs.pop();
    if (!at(a).alive || !at(b).alive) continue;
    const auto merged = static_cast<std::int32_t>(all.size());
    all.push_back(joined(at(a), at(b)));
    parent.push_back(-1);
    for (const std::int32_t part : {a, b}) {
      at(part).alive = false;
      parent[static_cast<std::size_t>(part)] = merged;
      for (const std::int32_t other : at(part).neighbours) {
        if (!at(other).alive || other == a || other == b) continue;
        at(merged).neighbours.insert(other);
        at(other).neighbours.insert(merged);
      }
    }
    for (const std::int32_t other : at(merged).neighbours) {
      pairs.emplace(similarity(at(merged), at(other), image_px), other, merged);
    }
    --left;
  }
  std::vector<std::int32_t> ids(regions.label);
  for (std::int32_t& id : ids) {
    while (parent[static_cast<std::size_t>(id)] >= 0) id = parent[static_cast<std::size_t>(id)];
  }
  return number_regions(src.width, src.height, ids);
}

}  // namespace genga::filters
