// Graph-based segmentation. By hand: training must not need OpenCV, whose contrib modules have it, but with other
// parameters than scikit-image.
#include "filters/regions/felzenszwalb.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "filters/planes.h"

namespace genga::filters {
namespace {

/// One edge of the pixel grid; its weight's bits as key, as floats above zero sort like their bits.
struct Edge {
  std::uint32_t key;
  std::int32_t from, to;

  float weight() const { return std::bit_cast<float>(key); }
};

/// Connected components with what the merging rule needs to know of them.
class Components {
 public:
  explicit Components(std::size_t n) : parent_(n), size_(n, 1), inner_(n, 0) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  std::int32_t find(std::int32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  int size(std::int32_t root) const { return size_[root]; }
  /// Int(C) + k/|C|, eq. (4) and (5).
  float limit(std::int32_t root, float k) const { return inner_[root] + k / static_cast<float>(size_[root]); }
  void join(std::int32_t a, std::int32_t b, float weight) {
    const auto [root, child] = std::minmax(a, b);
    parent_[child] = root;
    size_[root] += size_[child];
    inner_[root] = weight;
  }

 private:
  std::vector<std::int32_t> parent_;
  std::vector<int> size_;
  std::vector<float> inner_;
};

void add_edges(const Planes& rgb, int dx_from, int dx_to, int dy_from, int dy_to, std::vector<Edge>& edges) {
  const int w = rgb.width;
  const auto [red, green, blue] = std::array{rgb.plane(0), rgb.plane(1), rgb.plane(2)};
  for (int y = 0; y + std::max(dy_from, dy_to) < rgb.height; ++y) {
    for (int x = 0; x + std::max(dx_from, dx_to) < w; ++x) {
      const std::int32_t from = (y + dy_from) * w + x + dx_from, to = (y + dy_to) * w + x + dx_to;
      const float r = red[from] - red[to], g = green[from] - green[to], b = blue[from] - blue[to];
      edges.push_back({std::bit_cast<std::uint32_t>(std::sqrt(r * r + g * g + b * b)), from, to});
    }
  }
}

/// Stable, by weight: least significant digit first.
void sort_edges(std::vector<Edge>& edges) {
  constexpr int kBits = 11;
  constexpr std::uint32_t kMask = (1U << kBits) - 1;
  std::vector<Edge> sorted(edges.size());
  for (int shift = 0; shift < 32; shift += kBits) {
    std::array<std::size_t, kMask + 2> starts{};
    for (const Edge& edge : edges) ++starts[(edge.key >> shift & kMask) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    for (const Edge& edge : edges) sorted[starts[edge.key >> shift & kMask]++] = edge;
    edges.swap(sorted);
  }
}

}  // namespace

Regions segment(const image::Image& src, const FelzenszwalbOptions& options) {
  const Planes rgb = gaussian_blur(to_planes(src), options.sigma);
  std::vector<Edge> edges;
  edges.reserve(rgb.size() * 4);
  add_edges(rgb, 0, 1, 0, 0, edges);  // to the right, down, and both diagonals
  add_edges(rgb, 0, 0, 0, 1, edges);
  add_edges(rgb, 0, 1, 0, 1, edges);
  add_edges(rgb, 0, 1, 1, 0, edges);
  sort_edges(edges);

  const auto k = static_cast<float>(options.scale / 255);  // colors are 0..1 here
  Components components(rgb.size());
  for (const Edge& edge : edges) {
    const std::int32_t a = components.find(edge.from), b = components.find(edge.to);
    if (a != b && edge.weight() < std::min(components.limit(a, k), components.limit(b, k))) {
      components.join(a, b, edge.weight());
    }
  }
  for (const Edge& edge : edges) {
    const std::int32_t a = components.find(edge.from), b = components.find(edge.to);
    if (a != b && std::min(components.size(a), components.size(b)) < options.min_px) {
      components.join(a, b, edge.weight());
    }
  }
  std::vector<std::int32_t> roots(rgb.size());
  for (std::size_t i = 0; i < roots.size(); ++i) roots[i] = components.find(static_cast<std::int32_t>(i));
  return number_regions(src.width, src.height, roots);
}

}  // namespace genga::filters
