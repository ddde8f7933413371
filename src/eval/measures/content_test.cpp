// Tests of the measures on pairs of images: edges, structure, color drift, checkerboard.
#include "eval/measures/content.h"

#include <gtest/gtest.h>

#include "eval/measures/checkerboard.h"
#include "eval/measures/color_drift.h"
#include "eval/test_images.h"

namespace genga::eval {
namespace {

TEST(Content, IsOneForThePhotoItself) {
  const Plane photo = luma(scene(128, 1));
  EXPECT_NEAR(edge_preservation(photo, photo), 1, 1e-6);
  EXPECT_NEAR(structure_preservation(photo, photo), 1, 1e-6);
  const Plane flat = luma(draw(64, 64, [](double, double) { return 0.4; }));
  EXPECT_NEAR(edge_preservation(flat, flat), 1, 1e-6);
  EXPECT_NEAR(structure_preservation(flat, flat), 1, 1e-6);
}

TEST(Content, FallsWithBlur) {
  const image::Image photo = scene(128, 1);
  double last = 1;
  for (int radius : {1, 2, 4}) {
    const double edges = edge_preservation(luma(photo), luma(blurred(photo, radius)));
    EXPECT_LT(edges, last - 0.05) << radius;
    last = edges;
  }
  EXPECT_GT(structure_preservation(luma(photo), luma(blurred(photo, 2))), 0.9);
}

TEST(Content, IsLowForAnotherPhoto) {
  const Plane photo = luma(scene(256, 1));
  const Plane other = luma(scene(256, 2));
  EXPECT_LT(edge_preservation(photo, other), 0.25);
  EXPECT_LT(structure_preservation(photo, other), 0.3);
}

TEST(Content, ABrighterPhotoKeepsItsContent) {
  const image::Image photo = draw(128, 128, [](double x, double y) { return 0.8 * texture(x, y); });
  image::Image brighter = photo;
  for (auto& value : brighter.rgb) value = static_cast<std::uint8_t>(value + 30);
  EXPECT_GT(edge_preservation(luma(photo), luma(brighter)), 0.999);
  EXPECT_GT(structure_preservation(luma(photo), luma(brighter)), 0.999);
}

TEST(ColorDrift, IsCiede2000) {
  // Pairs of Sharma et al. 2005, table 1: hue on both sides of 0, grey, blue, large differences.
  struct Pair {
    Lab x, y;
    double expected;
  };
  const Pair pairs[] = {
      {{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
      {{50, 3.1571, -77.2803}, {50, 0, -82.7485}, 2.8615},
      {{50, 0, 0}, {50, -1, 2}, 2.3669},
      {{50, 2.49, -0.001}, {50, -2.49, 0.0009}, 7.1792},
      {{50, 2.5, 0}, {50, 0, -2.5}, 4.3065},
      {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
      {{50, 2.5, 0}, {61, -5, 29}, 22.8977},
      {{50, 2.5, 0}, {56, -27, -3}, 31.9030},
      {{50, 2.5, 0}, {58, 24, 15}, 19.4535},
      {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
      {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082},
  };
  for (const auto& [x, y, expected] : pairs) {
    EXPECT_NEAR(ciede2000(x, y), expected, 1e-4);
    EXPECT_NEAR(ciede2000(y, x), expected, 1e-4);
  }
  const Lab white = lab_of_linear(1, 1, 1);
  EXPECT_NEAR(white.l, 100, 1e-3);
  EXPECT_NEAR(white.a, 0, 0.02);
  EXPECT_NEAR(white.b, 0, 0.02);
}

TEST(ColorDrift, SeesColorsNotLines) {
  const image::Image grey = draw(64, 64, [](double, double) { return 0.5; });
  image::Image red = grey;
  for (std::size_t i = 0; i < red.rgb.size(); i += 3) red.rgb[i] = static_cast<std::uint8_t>(red.rgb[i] + 40);
  EXPECT_DOUBLE_EQ(color_drift(grey, grey), 0);
  EXPECT_GT(color_drift(grey, red), 10);
  // Fine lines of the same mean light.
  const image::Image lines = draw(64, 64, [](double x, double) { return static_cast<int>(x) % 2 == 0 ? 0.4 : 0.5815; });
  EXPECT_LT(color_drift(grey, lines), 0.6);
}

TEST(Checkerboard, IsTheAmplitudeOfADrawnBoard) {
  const auto board = [](double amplitude, int side) {
    return luma(draw(128, 128, [=](double x, double y) {
      return 0.5 + amplitude / 255 * ((static_cast<int>(x) / side + static_cast<int>(y) / side) % 2 == 0 ? 1 : -1);
    }));
  };
  EXPECT_NEAR(checkerboard_levels(board(8, 1)), 8, 0.3);
  EXPECT_NEAR(checkerboard_levels(board(8, 2)), 8, 0.3);
  EXPECT_NEAR(checkerboard_levels(board(0, 1)), 0, 0.01);
}

TEST(Checkerboard, IsNearlyNothingInImagesWithoutOne) {
  EXPECT_LT(checkerboard_levels(luma(scene(256, 3))), 0.5);
  Numbers numbers(1);
  const image::Image noise = draw(256, 256, [&](double, double) { return 0.5 + 0.1 * numbers.normal(); });
  EXPECT_LT(checkerboard_levels(luma(noise)), 1.5);  // of 25 levels of noise
  EXPECT_LT(checkerboard_levels(luma(draw(256, 256, texture))), 0.1);
}

TEST(Checkerboard, IsFoundOnTopOfAnImage) {
  const image::Image photo = scene(256, 3);
  image::Image marked = photo;
  for (int y = 0; y < 256; ++y) {
    for (int x = 0; x < 256; ++x) {
      for (int c = 0; c < 3; ++c) {
        auto& value = marked.rgb[static_cast<std::size_t>(3 * (256 * y + x) + c)];
        value = static_cast<std::uint8_t>(std::clamp(value + ((x + y) % 2 == 0 ? 3 : -3), 0, 255));
      }
    }
  }
  EXPECT_NEAR(checkerboard_levels(luma(marked)), 3, 0.6);
}

TEST(Checkerboard, OfAnImageBelowAWindowIsZero) {
  EXPECT_EQ(checkerboard_levels(luma(scene(20, 1))), 0);
}

}  // namespace
}  // namespace genga::eval
