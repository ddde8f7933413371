// Tests of Canny's edges and of blurring along them.
#include "filters/edge_smooth.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "filters/canny.h"

namespace genga::filters {
namespace {

/// Dark left of column `at`, bright right of it.
image::Image step_image(int width, int height, int at) {
  image::Image image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * 3; ++x) image.rgb.push_back(x / 3 < at ? 30 : 220);
  }
  return image;
}

TEST(Canny, MarksAStepOnceAlongItsLength) {
  std::vector<std::uint8_t> grey;
  for (int i = 0; i < 400; ++i) grey.push_back(i % 20 < 10 ? 30 : 220);
  const std::vector<std::uint8_t> edges = canny(grey, 20, 20, 100, 200);
  for (int y = 1; y < 19; ++y) {
    int n = 0;
    for (int x = 0; x < 20; ++x) n += edges[y * 20 + x];
    EXPECT_EQ(n, 1) << y;
  }
}

TEST(Canny, KeepsWeakEdgesOnlyWhereTheyTouchStrongOnes) {
  // One vertical contour that grows fainter downwards, and a faint one of its own on the right.
  std::vector<std::uint8_t> grey(40 * 40, 100);
  for (int y = 0; y < 40; ++y) {
    for (int x = 10; x < 20; ++x) grey[y * 40 + x] = static_cast<std::uint8_t>(y < 20 ? 180 : 140);
    for (int x = 32; x < 40; ++x) grey[y * 40 + x] = 135;
  }
  const std::vector<std::uint8_t> edges = canny(grey, 40, 40, 100, 200);
  int joined = 0, alone = 0;
  for (int y = 25; y < 38; ++y) {
    for (int x = 8; x < 12; ++x) joined += edges[y * 40 + x];
    for (int x = 28; x < 38; ++x) alone += edges[y * 40 + x];
  }
  EXPECT_GE(joined, 13);
  EXPECT_EQ(alone, 0);
}

TEST(SmoothEdges, SoftensTheContourAndNothingElse) {
  const image::Image src = step_image(40, 24, 20);
  const image::Image dst = smooth_edges(src);
  const auto at = [&](int x) { return dst.rgb[(12 * 40 + x) * 3]; };
  EXPECT_GT(at(19), 30);
  EXPECT_LT(at(20), 220);
  for (int x = 0; x < 15; ++x) EXPECT_EQ(at(x), 30);
  for (int x = 25; x < 40; ++x) EXPECT_EQ(at(x), 220);
}

TEST(SmoothEdges, SurvivesTinyImages) {
  for (const int size : {1, 2, 3}) {
    const image::Image src{size, size, std::vector<std::uint8_t>(std::size_t{3} * size * size, 9)};
    EXPECT_EQ(smooth_edges(src).rgb, src.rgb);
  }
}

}  // namespace
}  // namespace genga::filters
