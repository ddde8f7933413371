// Edge widths along the normal, thin structures by top-hat filters, flat pixels.
#include "eval/measures/crispness.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace genga::eval {
namespace {

constexpr float kMinContrast = 0.2F;       // of an edge
constexpr float kMinThin = 0.1F;           // of a line
constexpr float kMinCoherence = 0.5F;      // 1: the structure has one direction, 0: none
constexpr int kReach = 20, kPerPixel = 4;  // samples of a profile to either side, and in a pixel
constexpr int kShift = 6;                  // samples by which an edge may have moved
constexpr int kThinRadius = 2;             // what fits into a window of 5 is thin
constexpr float kFlat = 1.5F / 255;

struct Direction {
  float x = 0, y = 0;  // unit vector across the structure
  float coherence = 0;
};

/// The direction across the structures around every pixel, by the structure tensor over 7 x 7 pixels.
std::vector<Direction> directions(const Plane& src) {
  Plane xx(src.width, src.height), yy = xx, xy = xx;
  for (int y = 0; y < src.height; ++y) {
    for (int x = 0; x < src.width; ++x) {
      const float gx = (src.clamped(x + 1, y) - src.clamped(x - 1, y)) / 2;
      const float gy = (src.clamped(x, y + 1) - src.clamped(x, y - 1)) / 2;
      xx.at(x, y) = gx * gx;
      yy.at(x, y) = gy * gy;
      xy.at(x, y) = gx * gy;
    }
  }
  xx = box_mean(xx, 3);
  yy = box_mean(yy, 3);
  xy = box_mean(xy, 3);
  std::vector<Direction> result(src.values.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const float a = xx.values[i] - yy.values[i], b = 2 * xy.values[i], sum = xx.values[i] + yy.values[i];
    const float angle = std::atan2(b, a) / 2;
    result[i] = {std::cos(angle), std::sin(angle), (a * a + b * b) / (sum * sum + 1e-8F)};
  }
  return result;
}

/// Values along a line through (x, y), from kReach + kShift samples before it to as many behind.
using Profile = std::array<float, 2 * (kReach + kShift) + 1>;
Profile profile(const Plane& src, int x, int y, const Direction& across) {
  Profile values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float t = (static_cast<float>(i) - (kReach + kShift)) / kPerPixel;
    values[i] = src.sample(static_cast<float>(x) + t * across.x, static_cast<float>(y) + t * across.y);
  }
  return values;
}

struct Rise {
  float contrast = 0, width = 0;
};

/// The rise around sample `centre`: as far as values go on rising (sign 1) or falling (-1), kReach at most.
Rise rise_at(const Profile& values, int centre, float sign) {
  const auto at = [&](int i) { return sign * values[static_cast<std::size_t>(i)]; };
  int low = centre, high = centre;
  while (low > centre - kReach && at(low - 1) < at(low)) --low;
  while (high < centre + kReach && at(high + 1) > at(high)) ++high;
  const float contrast = at(high) - at(low);
  const auto crossing = [&](float fraction) {
    const float wanted = at(low) + fraction * contrast;
    int i = low;
    while (i + 1 < high && at(i + 1) < wanted) ++i;
    const float step = at(i + 1) - at(i);
    return static_cast<float>(i) + (step > 0 ? (wanted - at(i)) / step : 0);
  };
  if (high == low) return {};
  return {contrast, (crossing(0.9F) - crossing(0.1F)) / kPerPixel};
}

/// The steepest place of the wanted sign near the middle.
int steepest(const Profile& values, float sign) {
  int best = kReach + kShift;
  float steepness = -1;
  for (int i = kReach; i <= kReach + 2 * kShift; ++i) {
    const float step = sign * (values[static_cast<std::size_t>(i + 1)] - values[static_cast<std::size_t>(i - 1)]);
    if (step > steepness) {
      steepness = step;
      best = i;
    }
  }
  return best;
}

/// Least or greatest value of each window of 2 radius + 1, clipped at borders.
template <class Better>
Plane extreme(const Plane& src, int radius, const Better& better) {
  const auto pass = [&](const Plane& from, int dx, int dy) {
    Plane to(from.width, from.height);
    for (int y = 0; y < from.height; ++y) {
      for (int x = 0; x < from.width; ++x) {
        float value = from.at(x, y);
        for (int i = -radius; i <= radius; ++i) value = better(value, from.clamped(x + i * dx, y + i * dy));
        to.at(x, y) = value;
      }
    }
    return to;
  };
  return pass(pass(src, 1, 0), 0, 1);
}

/// How far dark lines lie below what is around them: closing minus image (black top-hat).
Plane dark_lines(const Plane& src) {
  const auto less = [](float a, float b) { return std::min(a, b); };
  const auto more = [](float a, float b) { return std::max(a, b); };
  Plane result = extreme(extreme(src, kThinRadius, more), kThinRadius, less);
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] -= src.values[i];
  return result;
}

Plane negative(Plane plane) {
  for (float& value : plane.values) value = 1 - value;
  return plane;
}

void count_dark_lines(const Plane& photo, const Plane& result, const std::vector<Direction>& across,
                      ThinPoints& points) {
  const Plane before = dark_lines(photo), after = dark_lines(result);
  for (int y = 1; y + 1 < photo.height; ++y) {
    for (int x = 1; x + 1 < photo.width; ++x) {
      const Direction& d = across[static_cast<std::size_t>(y) * photo.width + x];
      const float depth = before.at(x, y), fx = static_cast<float>(x), fy = static_cast<float>(y);
      const bool middle =
          photo.at(x, y) <= photo.sample(fx + d.x, fy + d.y) && photo.at(x, y) < photo.sample(fx - d.x, fy - d.y);
      if (depth < kMinThin || d.coherence < kMinCoherence || !middle) continue;
      float kept = 0;
      for (int v = -1; v <= 1; ++v) {
        for (int u = -1; u <= 1; ++u) kept = std::max(kept, after.at(x + u, y + v));
      }
      ++points.all;
      if (kept >= depth / 2) ++points.kept;
    }
  }
}

}  // namespace

EdgeWidths edge_widths(const Plane& photo, const Plane& result) {
  const std::vector<Direction> across = directions(photo);
  const Plane length = gradient_length(photo);
  EdgeWidths widths;
  for (int y = 1; y + 1 < photo.height; ++y) {
    for (int x = 1; x + 1 < photo.width; ++x) {
      const Direction& d = across[static_cast<std::size_t>(y) * photo.width + x];
      const float fx = static_cast<float>(x), fy = static_cast<float>(y), here = length.at(x, y);
      const bool ridge =
          here >= length.sample(fx + d.x, fy + d.y) && here > length.sample(fx - d.x, fy - d.y) && here > 0.02F;
      if (!ridge || d.coherence < kMinCoherence) continue;
      const Profile before = profile(photo, x, y, d), after = profile(result, x, y, d);
      const int middle = kReach + kShift;
      const float sign = before[middle + 1] > before[middle - 1] ? 1.0F : -1.0F;
      const Rise wanted = rise_at(before, steepest(before, sign), sign);
      if (wanted.contrast < kMinContrast) continue;
      const Rise found = rise_at(after, steepest(after, sign), sign);
      if (found.contrast < wanted.contrast / 2) continue;
      widths.photo.push_back(wanted.width);
      widths.result.push_back(found.width);
    }
  }
  return widths;
}

ThinPoints thin_points(const Plane& photo, const Plane& result) {
  const std::vector<Direction> across = directions(photo);
  ThinPoints points;
  count_dark_lines(photo, result, across, points);
  count_dark_lines(negative(photo), negative(result), across, points);
  return points;
}

double flat_fraction(const Plane& luma) {
  const Plane length = gradient_length(luma);
  const auto n = std::ranges::count_if(length.values, [](float value) { return value < kFlat; });
  return static_cast<double>(n) / static_cast<double>(length.values.size());
}

double median(std::vector<float>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace genga::eval
