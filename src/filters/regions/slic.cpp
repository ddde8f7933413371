// SLIC superpixels. By hand: training must not need OpenCV, whose contrib modules seed and join fragments otherwise
// than scikit-image.
#include "filters/regions/slic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "filters/planes.h"

namespace genga::filters {
namespace {

constexpr double kSmallest = 0.5, kLargest = 3;  // of a fragment, in mean superpixel sizes

struct Centre {
  double y = 0, x = 0, color[3] = {};
};

/// Seed distances and first seeds along both sides.
struct Grid {
  int step_y = 1, step_x = 1, first_y = 0, first_x = 0;
};

Grid seed_grid(int width, int height, int count) {
  const double both = std::sqrt(static_cast<double>(width) * height / count);
  double step_y = both, step_x = both;
  if (both > std::min(width, height)) {  // a strip: seeds in one line
    (width < height ? step_x : step_y) = std::min(width, height);
    (width < height ? step_y : step_x) = static_cast<double>(std::max(width, height)) / count;
  }
  const auto rounded = [](double step) { return std::max(static_cast<int>(std::nearbyint(step)), 1); };
  return {rounded(step_y), rounded(step_x), static_cast<int>(step_y / 2), static_cast<int>(step_x / 2)};
}

class KMeans {
 public:
  KMeans(const Planes& color, const Grid& grid)
      : color_(color), grid_(grid), label_(color.size()), distance_(color.size()) {
    for (int y = grid.first_y; y < color.height; y += grid.step_y) {
      for (int x = grid.first_x; x < color.width; x += grid.step_x) centres_.push_back({.y = 1.0 * y, .x = 1.0 * x});
    }
  }
  std::size_t count() const { return centres_.size(); }
  std::vector<std::int32_t> take_labels() { return std::move(label_); }

  /// True if a pixel looked for another centre.
  bool assign() {
    std::fill(distance_.begin(), distance_.end(), std::numeric_limits<float>::max());
    bool changed = false;
    for (std::size_t k = 0; k < centres_.size(); ++k) changed |= assign_around(static_cast<std::int32_t>(k));
    return changed;
  }

  void move_centres() {
    std::vector<Centre> sums(centres_.size());
    std::vector<double> pixels(centres_.size(), 0);
    for (int y = 0; y < color_.height; ++y) {
      for (int x = 0; x < color_.width; ++x) {
        const std::size_t i = static_cast<std::size_t>(y) * color_.width + x;
        const auto k = static_cast<std::size_t>(label_[i]);
        Centre& sum = sums[k];
        ++pixels[k];
        sum.y += y;
        sum.x += x;
        for (std::size_t c = 0; c < 3; ++c) sum.color[c] += color_.values[c * color_.size() + i];
      }
    }
    for (std::size_t k = 0; k < sums.size(); ++k) {
      if (pixels[k] == 0) continue;
      centres_[k].y = sums[k].y / pixels[k];
      centres_[k].x = sums[k].x / pixels[k];
      for (std::size_t c = 0; c < 3; ++c) centres_[k].color[c] = sums[k].color[c] / pixels[k];
    }
  }

 private:
  bool assign_around(std::int32_t k) {
    const Centre& centre = centres_[static_cast<std::size_t>(k)];
    const int top = static_cast<int>(std::max(centre.y - 2 * grid_.step_y, 0.0));
    const int bottom = static_cast<int>(std::min(centre.y + 2 * grid_.step_y + 1, 1.0 * color_.height));
    const int left = static_cast<int>(std::max(centre.x - 2 * grid_.step_x, 0.0));
    const int right = static_cast<int>(std::min(centre.x + 2 * grid_.step_x + 1, 1.0 * color_.width));
    const int step = std::max(grid_.step_y, grid_.step_x);
    const auto place_weight = static_cast<float>(1.0 / step / step);
    const auto cx = static_cast<float>(centre.x);
    const std::array c{static_cast<float>(centre.color[0]), static_cast<float>(centre.color[1]),
                       static_cast<float>(centre.color[2])};
    const auto [p0, p1, p2] = std::array{color_.plane(0), color_.plane(1), color_.plane(2)};
    bool changed = false;
    for (int y = top; y < bottom; ++y) {
      const auto dy = static_cast<float>(centre.y - y);
      for (int x = left; x < right; ++x) {
        const std::size_t i = static_cast<std::size_t>(y) * color_.width + x;
        const float dx = cx - static_cast<float>(x), d0 = p0[i] - c[0], d1 = p1[i] - c[1], d2 = p2[i] - c[2];
        const float distance = (dy * dy + dx * dx) * place_weight + d0 * d0 + d1 * d1 + d2 * d2;
        const bool nearer = distance < distance_[i];
        label_[i] = nearer ? k : label_[i];
        distance_[i] = nearer ? distance : distance_[i];
        changed |= nearer;
      }
    }
    return changed;
  }

  const Planes& color_;
  const Grid grid_;
  std::vector<Centre> centres_;
  std::vector<std::int32_t> label_;
  std::vector<float> distance_;
};

/// Flood fills every fragment up to `largest` pixels; those below `smallest` join the neighbour met last.
std::vector<std::int32_t> join_fragments(const std::vector<std::int32_t>& label, int width, int height,
                                         std::size_t smallest, std::size_t largest) {
  constexpr std::array<std::array<int, 2>, 4> kNeighbours{{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};
  std::vector<std::int32_t> joined(label.size(), -1);
  std::vector<std::int32_t> fragment;
  std::int32_t next = 0;
  for (std::size_t start = 0; start < label.size(); ++start) {
    if (joined[start] >= 0) continue;
    std::int32_t neighbour = next;
    fragment.assign(1, static_cast<std::int32_t>(start));
    joined[start] = next;
    for (std::size_t seen = 0; seen < fragment.size() && fragment.size() < largest; ++seen) {
      for (const auto& [dx, dy] : kNeighbours) {
        const int x = fragment[seen] % width + dx, y = fragment[seen] / width + dy;
        if (x < 0 || x >= width || y < 0 || y >= height) continue;
        const std::int32_t at = y * width + x;
        if (label[at] == label[start] && joined[at] < 0) {
          joined[at] = next;
          fragment.push_back(at);
          if (fragment.size() >= largest) break;
        } else if (joined[at] >= 0 && joined[at] != next) {
          neighbour = joined[at];
        }
      }
    }
    if (fragment.size() >= smallest) {
      ++next;
    } else {
      for (const std::int32_t at : fragment) joined[at] = neighbour;
    }
  }
  return joined;
}

}  // namespace

Regions slic(const image::Image& src, const SlicOptions& options) {
  Planes color = gaussian_blur(to_lab(src), options.sigma);
  for (float& value : color.values) value /= static_cast<float>(options.compactness);
  KMeans means(color, seed_grid(src.width, src.height, options.count));
  for (int i = 0; i < options.iterations && means.assign(); ++i) means.move_centres();
  const double mean_size = static_cast<double>(color.size()) / static_cast<double>(means.count());
  return number_regions(
      src.width, src.height,
      join_fragments(means.take_labels(), src.width, src.height, static_cast<std::size_t>(kSmallest * mean_size),
                     static_cast<std::size_t>(kLargest * mean_size)));
}

}  // namespace genga::filters
