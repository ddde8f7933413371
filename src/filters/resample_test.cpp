// Tests of cropping, resizing and conversion.
#include "filters/resample.h"

#include <gtest/gtest.h>

#include <limits>

#include "image/test_folder.h"

namespace genga::filters {
namespace {

TEST(Cut, AtItsOwnSizeCopiesThePixels) {
  const image::Image src = image::draw_image(40, 30, 1);
  const image::Image dst = cut(src, {.x = 5, .y = 7, .side = 16}, 16);
  for (int y = 0; y < 16; ++y) {
    for (int i = 0; i < 48; ++i) ASSERT_EQ(dst.rgb[y * 48 + i], src.rgb[(y + 7) * 120 + 15 + i]);
  }
}

TEST(Cut, FlipsLeftToRight) {
  const image::Image src = image::draw_image(40, 30, 1);
  const image::Image plain = cut(src, {.x = 5, .y = 7, .side = 20}, 16);
  const image::Image flipped = cut(src, {.x = 5, .y = 7, .side = 20, .flip = true}, 16);
  for (int x = 0; x < 16; ++x) ASSERT_EQ(flipped.rgb[3 * x], plain.rgb[3 * (15 - x)]);
}

TEST(Cut, KeepsAFlatColorAtAnyScale) {
  image::Image src{50, 50, std::vector<std::uint8_t>(7500, 93)};
  for (const int side : {3, 17, 32, 50}) {
    for (const std::uint8_t v : cut(src, {.side = side}, 16).rgb) ASSERT_EQ(v, 93) << side;
  }
}

TEST(Cut, AveragesFineStripesInsteadOfAliasing) {
  image::Image src{64, 64, std::vector<std::uint8_t>(std::size_t{3} * 64 * 64)};
  for (std::size_t i = 0; i < src.rgb.size(); ++i) src.rgb[i] = i / 3 % 2 == 0 ? 0 : 200;
  const image::Image dst = cut(src, {.side = 64}, 16);
  for (int x = 1; x < 15; ++x) ASSERT_NEAR(dst.rgb[3 * x], 100, 2);
}

TEST(ToPlanar, MapsBlackAndWhiteToTheEndsOfTheRange) {
  const image::Image src{2, 1, {0, 255, 51, 255, 0, 204}};
  std::vector<float> planes(6);
  to_planar(src, planes);
  EXPECT_EQ(planes[0], -1);
  EXPECT_EQ(planes[1], 1);
  EXPECT_EQ(planes[2], 1);
  EXPECT_FLOAT_EQ(planes[4], -0.6F);
}

TEST(FromPlanar, IsTheReverseAndClips) {
  const image::Image src{2, 1, {0, 255, 51, 255, 0, 204}};
  std::vector<float> planes(6);
  to_planar(src, planes);
  EXPECT_EQ(from_planar(planes, 2, 1).rgb, src.rgb);
  planes[0] = -1.5F;
  planes[3] = std::numeric_limits<float>::quiet_NaN();
  planes[1] = 3;
  EXPECT_EQ(from_planar(planes, 2, 1).rgb, src.rgb);
}

}  // namespace
}  // namespace genga::filters
