// Measures a style on a color chart, and inverts its tone curve for one hue and chroma.
#include "stylize/plain_colors.h"

#include <algorithm>
#include <array>

namespace genga::stylize {
namespace {

// The grid covers sRGB: a from -0.24 (green) to 0.28 (magenta), b from -0.32 (blue) to 0.20 (yellow). Styles treat some
// hues apart, skin before all, so it must be fine.
constexpr int kNodes = 16;  // along each axis
constexpr float kLowA = -0.24F, kHighA = 0.28F, kLowB = -0.32F, kHighB = 0.20F;

// The chart: one field for each lightness, in which a changes from left to right and b from top to bottom. Around it a
// margin goes on with its outermost colors, for what the network sees of the next field.
constexpr int kPixelsPerNode = 8, kMargin = 24;
constexpr int kField = kNodes * kPixelsPerNode + 2 * kMargin;
constexpr int kFieldsPerRow = 4;
constexpr int kChart = kFieldsPerRow * kField;
static_assert(kFieldsPerRow * kFieldsPerRow == kNodes);

using Rgb = std::array<std::uint16_t, 3>;

std::size_t index_of(int l, int a, int b) {
  return static_cast<std::size_t>((l * kNodes + a) * kNodes + b);
}

float value_at(float node, float low, float high) {
  return low + (high - low) * std::clamp(node / (kNodes - 1), 0.0F, 1.0F);
}

/// The node, or place between nodes, of a pixel's column or row in its field.
float node_of(int pixel) {
  return (static_cast<float>(pixel % kField - kMargin) + 0.5F) / kPixelsPerNode - 0.5F;
}

int field_of(int x, int y) {
  return y / kField * kFieldsPerRow + x / kField;
}

float light_of(int field) {
  return value_at(static_cast<float>(field), 0, 1);
}

/// Where sRGB does not reach, its nearest color of that lightness and hue speaks for it.
Rgb chart_color(int x, int y) {
  return to_srgb({.l = light_of(field_of(x, y)),
                  .a = value_at(node_of(x), kLowA, kHighA),
                  .b = value_at(node_of(y), kLowB, kHighB)});
}

/// A cell of one axis of the grid, and how far into it the value lies.
struct Cell {
  int index = 0;
  float t = 0;
};
Cell cell_of(float value, float low, float high) {
  const float at = std::clamp((value - low) / (high - low), 0.0F, 1.0F) * (kNodes - 1);
  const int index = std::min(static_cast<int>(at), kNodes - 2);
  return {.index = index, .t = at - static_cast<float>(index)};
}

}  // namespace

PlainColors::PlainColors(const Stylize& stylize) : gains_(index_of(kNodes, 0, 0)) {
  int y_read = 0;
  const PhotoRows chart{
      .width = kChart, .height = kChart, .channels = 3, .bits = 16, .read = [&](std::span<std::uint16_t> rows) {
        for (std::size_t i = 0; i < rows.size(); i += 3) {
          const int pixel = static_cast<int>(i / 3);
          const Rgb color = chart_color(pixel % kChart, y_read + pixel / kChart);
          std::copy(color.begin(), color.end(), &rows[i]);
        }
        y_read += static_cast<int>(rows.size()) / (3 * kChart);
      }};
  int y_written = 0;
  const auto take_row = [&](std::span<const std::uint16_t> row, int y) {
    for (int x = 0; x < kChart; ++x) {
      const int in_x = x % kField - kMargin, in_y = y % kField - kMargin;
      if (in_x < 0 || in_y < 0 || in_x >= kNodes * kPixelsPerNode || in_y >= kNodes * kPixelsPerNode) continue;
      const std::size_t i = 3 * static_cast<std::size_t>(x);
      const int field = field_of(x, y);
      const float painted = to_oklab({row[i], row[i + 1], row[i + 2]}).l;
      gains_[index_of(field, in_x / kPixelsPerNode, in_y / kPixelsPerNode)] +=
          (painted - light_of(field)) / (kPixelsPerNode * kPixelsPerNode);
    }
  };
  stylize(chart, [&](std::span<const std::uint16_t> rows) {
    constexpr std::size_t kRow = 3 * kChart;
    for (std::size_t begin = 0; begin < rows.size(); begin += kRow) take_row(rows.subspan(begin, kRow), y_written++);
  });
}

float PlainColors::gain(float l, float a, float b) const {
  const Cell cl = cell_of(l, 0, 1);
  const Cell ca = cell_of(a, kLowA, kHighA);
  const Cell cb = cell_of(b, kLowB, kHighB);
  float sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const int dl = corner >> 2, da = corner >> 1 & 1, db = corner & 1;
    const float weight = (dl == 1 ? cl.t : 1 - cl.t) * (da == 1 ? ca.t : 1 - ca.t) * (db == 1 ? cb.t : 1 - cb.t);
    sum += weight * gains_[index_of(cl.index + dl, ca.index + da, cb.index + db)];
  }
  return sum;
}

float PlainColors::lightness_before(float painted, const Oklab& photo) const {
  if (gains_.empty()) return painted;
  // Damped steps to l + gain(l) = painted, from the photo's lightness. They converge wherever the style's tone curve
  // rises less than fourfold; where it is flat, since the style clips, they stay. The photo's texture fades with each.
  float l = photo.l;
  for (int step = 0; step < 6; ++step) {
    l = std::clamp(l + 0.5F * (painted - gain(l, photo.a, photo.b) - l), 0.0F, 1.0F);
  }
  return l;
}

}  // namespace genga::stylize
