// Tests of blending strength, kept color, mask and alpha, and of OKLab.
#include "stylize/blend.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "stylize/oklab.h"

namespace genga::stylize {
namespace {

using Row = std::vector<std::uint16_t>;

Row random_row(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  Row row(n);
  for (auto& v : row) v = static_cast<std::uint16_t>(random());
  return row;
}

double chroma(const Oklab& c) {
  return std::hypot(c.a, c.b);
}
Oklab lab_at(const Row& row, std::size_t i) {
  return to_oklab({row[i], row[i + 1], row[i + 2]});
}

TEST(Oklab, ComesBackWithinAStep) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::array<std::uint16_t, 3> rgb{static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random()),
                                           static_cast<std::uint16_t>(random())};
    const auto back = to_srgb(to_oklab(rgb));
    for (std::size_t c = 0; c < 3; ++c) ASSERT_NEAR(back[c], rgb[c], 16) << rgb[0] << " " << rgb[1] << " " << rgb[2];
  }
}

TEST(Oklab, GreyHasNoChromaAndWhiteIsOne) {
  EXPECT_NEAR(chroma(to_oklab({30000, 30000, 30000})), 0, 1e-3);
  EXPECT_NEAR(to_oklab({65535, 65535, 65535}).l, 1, 1e-3);
  EXPECT_NEAR(to_oklab({0, 0, 0}).l, 0, 1e-3);
}

TEST(Oklab, ColorsOutsideSrgbKeepTheirLightness) {
  for (float l : {0.1F, 0.5F, 0.9F, 0.99F}) {
    for (float a : {-0.4F, 0.4F}) {
      const Oklab wild{.l = l, .a = a, .b = 0.2F};
      const Oklab tamed = to_oklab(to_srgb(wild));
      EXPECT_NEAR(tamed.l, l, 0.01);
      EXPECT_LT(chroma(tamed), chroma(wild));
      const double turned = std::atan2(tamed.b, tamed.a) - std::atan2(wild.b, wild.a);
      EXPECT_LT(std::abs(turned) * chroma(tamed), 0.003) << "of hue, where there is chroma to show it";
    }
  }
}

TEST(Blend, StrengthZeroIsThePhotoBitForBit) {
  const Row photo = random_row(300, 1);
  Row style = random_row(300, 2);
  blend_row(photo, style, {}, 3, {.strength = 0, .keep_color = 0.7F});
  EXPECT_EQ(style, photo);
}

TEST(Blend, StrengthOneIsTheStyleBitForBit) {
  const Row photo = random_row(300, 1), before = random_row(300, 2);
  Row style = before;
  blend_row(photo, style, {}, 3, {.strength = 1});
  EXPECT_EQ(style, before);
}

TEST(Blend, StrengthHalfIsTheMiddle) {
  Row style{0, 65535, 1000};
  blend_row(Row{65535, 0, 3000}, style, {}, 3, {.strength = 0.5F});
  EXPECT_EQ(style, (Row{32768, 32768, 2000}));
}

TEST(Blend, AlphaIsAlwaysThePhotos) {
  for (float strength : {0.0F, 0.3F, 1.0F}) {
    Row style{1, 2, 3, 4};
    blend_row(Row{9, 8, 7, 4321}, style, {}, 4, {.strength = strength});
    EXPECT_EQ(style[3], 4321);
  }
}

TEST(Blend, TheMaskScalesTheStrength) {
  const Row photo{100, 100, 100, 100, 100, 100, 100, 100, 100};
  Row style{1100, 1100, 1100, 1100, 1100, 1100, 1100, 1100, 1100};
  const std::vector<float> mask{0, 0.5F, 1};
  blend_row(photo, style, mask, 3, {.strength = 1});
  EXPECT_EQ(style, (Row{100, 100, 100, 600, 600, 600, 1100, 1100, 1100}));
}

TEST(Blend, KeepColorTakesThePhotosChromaAndTheStylesLightness) {
  const Row photo{40000, 20000, 20000}, before{20000, 30000, 45000};
  Row style = before;
  blend_row(photo, style, {}, 3, {.strength = 1, .keep_color = 1});
  EXPECT_NEAR(lab_at(style, 0).l, lab_at(before, 0).l, 0.01);
  EXPECT_NEAR(lab_at(style, 0).a, lab_at(photo, 0).a, 0.01);
  EXPECT_NEAR(lab_at(style, 0).b, lab_at(photo, 0).b, 0.01);
}

TEST(Blend, KeepColorOnAGreyPhotoGivesGrey) {
  Row style = random_row(300, 4);
  const Row photo(300, 30000);
  blend_row(photo, style, {}, 3, {.strength = 1, .keep_color = 1});
  for (std::size_t i = 0; i < style.size(); i += 3) {
    EXPECT_NEAR(style[i], style[i + 1], 40);
    EXPECT_NEAR(style[i], style[i + 2], 40);
  }
}

}  // namespace
}  // namespace genga::stylize
