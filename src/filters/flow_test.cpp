// Tests of the flow's direction, and of smoothing and sharpening along it.
#include "filters/flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "filters/test_image.h"

namespace genga::filters {
namespace {

constexpr int kSide = 40;

/// light(x, y) in all three colors.
template <typename Light>
Planes grey_image(const Light& light) {
  Planes planes{kSide, kSide, {}};
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) planes.values.push_back(static_cast<float>(light(x, y)));
    }
  }
  return planes;
}

float at(const Planes& planes, int x, int y) {
  return planes.plane(1)[static_cast<std::size_t>(y) * kSide + x];
}

/// Stripes along the falling diagonal.
double stripes(int x, int y) {
  return 0.5 + 0.4 * std::sin((x - y) * 0.8);
}

TEST(Flow, SmoothsAlongStripesAndNotAcrossThem) {
  const Planes image = grey_image(stripes);
  const Planes smooth = Flow(image, 2).smooth(image, 4);
  for (int y = 12; y < 28; ++y) {
    for (int x = 12; x < 28; ++x) EXPECT_NEAR(at(smooth, x, y), at(image, x, y), 0.04) << x << " " << y;
  }
}

TEST(Flow, RemovesWhatCrossesTheStripes) {
  const auto grain = [](int x, int y) { return (x + y) % 4 < 2 ? 0.1 : -0.1; };
  const Planes clean = grey_image(stripes);
  const Planes grainy = grey_image([&](int x, int y) { return stripes(x, y) + grain(x, y); });
  const Planes smooth = Flow(clean, 2).smooth(grainy, 4);
  double before = 0, after = 0;
  for (int y = 12; y < 28; ++y) {
    for (int x = 12; x < 28; ++x) {
      before += std::abs(at(grainy, x, y) - at(clean, x, y));
      after += std::abs(at(smooth, x, y) - at(clean, x, y));
    }
  }
  EXPECT_LT(after, 0.4 * before);
}

TEST(Flow, SmoothsAPlaneOfItsOwnAlongAImageAndKeepsItsMean) {
  const Planes image = grey_image(stripes);
  std::vector<float> dot(static_cast<std::size_t>(kSide) * kSide, 0.0F);
  dot[20 * kSide + 20] = 1;
  const std::vector<float> line = Flow(image, 2).smooth(dot, 3);
  EXPECT_GT(line[23 * kSide + 23], 0.03F);  // along the diagonal
  EXPECT_LT(line[17 * kSide + 23], 1e-3F);  // across it
  float sum = 0;
  for (const float value : line) sum += value;
  EXPECT_NEAR(sum, 1, 0.15);
}

TEST(Flow, SharpensABlurredEdge) {
  const Planes edge = grey_image([](int x, int) { return 1 / (1 + std::exp(-(x - 20) / 2.0)); });
  const Planes sharp = Flow(edge, 2).sharpen(edge);
  EXPECT_LT(at(sharp, 17, 20), at(edge, 17, 20));
  EXPECT_GT(at(sharp, 23, 20), at(edge, 23, 20));
  EXPECT_EQ(at(sharp, 5, 20), at(edge, 5, 20));  // flat: left alone
}

TEST(SmoothAlongFlow, KeepsFlatColorAndRange) {
  const Planes flat = grey_image([](int, int) { return 0.3; });
  for (const float value : smooth_along_flow(flat, {}).values) EXPECT_NEAR(value, 0.3F, 1e-6);
  const Planes painted = smooth_along_flow(to_planes(patches()), {});
  const auto [low, high] = std::ranges::minmax(painted.values);
  EXPECT_GE(low, 0);
  EXPECT_LE(high, 1);
}

TEST(SmoothAlongFlow, DoesNothingInNoPasses) {
  const Planes image = to_planes(patches());
  EXPECT_EQ(smooth_along_flow(image, {.passes = 0}).values, image.values);
}

}  // namespace
}  // namespace genga::filters
