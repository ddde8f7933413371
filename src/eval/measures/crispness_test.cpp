// Tests of what is seen at 100 %: edge widths, thin structures, flat areas, skin, blown pixels.
#include "eval/measures/crispness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "eval/measures/tones.h"
#include "eval/test_images.h"

namespace genga::eval {
namespace {

/// A step of 0.6 along a slanted line that rises as the Gaussian integral does.
Plane slanted_step(double sigma) {
  return luma(draw(96, 96, [=](double x, double y) {
    const double distance = (x - 48) * std::cos(0.3) + (y - 48) * std::sin(0.3);
    return 0.5 + 0.3 * std::erf(distance / (sigma * std::numbers::sqrt2));
  }));
}

TEST(EdgeWidths, AreThoseOfGaussianSteps) {
  for (const double sigma : {1.0, 1.5, 2.0}) {
    EdgeWidths widths = edge_widths(slanted_step(sigma), slanted_step(sigma));
    ASSERT_GT(widths.photo.size(), 50) << sigma;
    EXPECT_NEAR(median(widths.photo), 2.563 * sigma, 0.25) << sigma;  // 10 % to 90 %, and sampling
    EXPECT_EQ(median(widths.result), median(widths.photo)) << sigma;
  }
  EdgeWidths blurred = edge_widths(slanted_step(1), slanted_step(2));
  EXPECT_NEAR(median(blurred.result) / median(blurred.photo), 2, 0.2);
  EdgeWidths sharper = edge_widths(slanted_step(2), slanted_step(1));
  EXPECT_NEAR(median(sharper.result) / median(sharper.photo), 0.5, 0.06);
}

TEST(EdgeWidths, LeaveOutEdgesThatAreLostAndTexture) {
  const Plane flat = luma(draw(96, 96, [](double, double) { return 0.5; }));
  EXPECT_TRUE(edge_widths(slanted_step(1), flat).photo.empty());
  EXPECT_TRUE(edge_widths(flat, flat).photo.empty());
  Numbers numbers(1);
  const Plane noise = luma(draw(96, 96, [&](double, double) { return numbers.uniform(); }));
  EXPECT_LT(edge_widths(noise, noise).photo.size(), 96 * 96 / 50);
}

/// Lines of the given width and contrast across an area of slowly changing light.
Plane wires(double width, double contrast) {
  return luma(draw(120, 90, [=](double x, double y) {
    double value = 0.5 + 0.1 * x / 120;
    for (int i = 0; i < 5; ++i) {
      const double distance = std::abs(y - (10 + 16 * i) - 0.1 * x);
      value += contrast * std::clamp(width / 2 + 0.5 - distance, 0.0, 1.0);
    }
    return value;
  }));
}

TEST(ThinPoints, CountDarkAndBrightLinesThatAreKept) {
  for (const double contrast : {-0.4, 0.4}) {
    for (const double width : {1.0, 2.0, 3.0}) {
      const Plane photo = wires(width, contrast);
      const ThinPoints same = thin_points(photo, photo);
      EXPECT_GT(same.all, 300) << width;
      EXPECT_EQ(same.kept, same.all) << width;
      EXPECT_EQ(thin_points(photo, wires(0, 0)).kept, 0) << width;
      EXPECT_LT(thin_points(photo, wires(width, -contrast)).kept, 0.01 * same.all) << width;
      EXPECT_LT(thin_points(photo, wires(width, 0.4 * contrast)).kept, 0.01 * same.all) << width;
    }
  }
  EXPECT_LT(thin_points(wires(9, -0.4), wires(9, -0.4)).all, 10) << "a band is no line";
}

TEST(ThinPoints, HalfOfTheLinesAreHalf) {
  const Plane photo = wires(2, -0.4);
  Plane half = photo;
  const Plane none = wires(0, 0);
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < 60; ++x) half.at(x, y) = none.at(x, y);
  }
  const ThinPoints points = thin_points(photo, half);
  EXPECT_NEAR(points.kept / points.all, 0.5, 0.04);
}

TEST(FlatFraction, IsOneForOneColorAndFallsWithTexture) {
  EXPECT_EQ(flat_fraction(luma(draw(64, 64, [](double, double) { return 0.3; }))), 1);
  EXPECT_LT(flat_fraction(luma(draw(64, 64, texture))), 0.1);
  const Plane halves = luma(draw(64, 64, [](double x, double) { return x < 32 ? 0.2 : 0.8; }));
  EXPECT_NEAR(flat_fraction(halves), 62.0 / 64, 1e-6);
}

image::Image one_color(std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  image::Image image{.width = 100, .height = 100, .rgb = {}};
  for (int i = 0; i < 100 * 100; ++i) image.rgb.insert(image.rgb.end(), {r, g, b});
  return image;
}

TEST(SkinTones, TellTheToneThatChangedMost) {
  SkinTones tones;
  tones.add(one_color(224, 172, 140), one_color(230, 178, 146));  // pale: a little lighter
  tones.add(one_color(110, 66, 44), one_color(142, 92, 66));      // dark: much lighter
  tones.add(one_color(60, 120, 200), one_color(255, 255, 255));   // no skin
  EXPECT_NEAR(tones.light(), 11.5, 1);                            // L* 32.6 -> 43.9
  EXPECT_LT(std::abs(tones.hue()), 4);
  SkinTones none;
  none.add(one_color(60, 120, 200), one_color(0, 0, 0));
  EXPECT_TRUE(std::isnan(none.light()));
  SkinTones redder;
  redder.add(one_color(224, 172, 140), one_color(224, 160, 150));
  EXPECT_GT(redder.hue(), 15);
}

TEST(BlownFraction, CountsPixelsThatAreNearlyWhite) {
  EXPECT_EQ(blown_fraction(one_color(251, 252, 255)), 1);
  EXPECT_EQ(blown_fraction(one_color(251, 250, 255)), 0);
}

}  // namespace
}  // namespace genga::eval
