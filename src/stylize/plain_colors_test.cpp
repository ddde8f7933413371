// Keeping the photo's color undoes what a style does to the light of plain areas, and nothing else.
#include "stylize/plain_colors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "genga/stylize.h"
#include "stylize/test_nets.h"

namespace genga::stylize {
namespace {

// Soft colors of every hue and light, without texture.
image::Image soft_image(int width, int height) {
  image::Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double light = 20 + 200.0 * x / width, turn = 6.28 * y / height;
      for (const double phase : {0.0, 2.1, 4.2}) {
        image.rgb.push_back(static_cast<std::uint8_t>(std::clamp(light + 35 * std::cos(turn + phase), 0.0, 255.0)));
      }
    }
  }
  return image;
}

int largest_difference(const image::Image& a, const image::Image& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) largest = std::max(largest, std::abs(int{a.rgb[i]} - int{b.rgb[i]}));
  return largest;
}

double mean_difference(const image::Image& a, const image::Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(int{a.rgb[i]} - int{b.rgb[i]});
  return sum / static_cast<double>(a.rgb.size());
}

// Networks that change light alone: v in 0..1 is read as -1..1 (lighter by half), and the other way round (darker,
// black below the middle).
const weights::PixelFormat kLighter{.input_low = 0, .input_high = 1, .output_low = -1, .output_high = 1};
const weights::PixelFormat kClippedToBlack{.input_low = -1, .input_high = 1, .output_low = 0, .output_high = 1};

TEST(PlainColors, LightThatTheStyleAddsIsTakenBack) {
  Stylizer stylizer(identity_net(kLighter), {.threads = 1});
  const image::Image photo = soft_image(96, 64);
  EXPECT_GT(largest_difference(stylizer.stylize(photo), photo), 80);
  EXPECT_LE(largest_difference(stylizer.stylize(photo, {.keep_color = 1}), photo), 8);
}

TEST(PlainColors, WhereTheStyleClipsThePhotosLightStays) {
  Stylizer stylizer(identity_net(kClippedToBlack), {.threads = 1});
  const image::Image photo = soft_image(96, 64);
  EXPECT_GT(mean_difference(stylizer.stylize(photo), photo), 60);
  EXPECT_LE(mean_difference(stylizer.stylize(photo, {.keep_color = 1}), photo), 4);
}

TEST(PlainColors, HalfOfItIsHalfWay) {
  Stylizer stylizer(identity_net(kLighter), {.threads = 1});
  const image::Image photo{.width = 1, .height = 1, .rgb = {60, 60, 60}};
  const int full = stylizer.stylize(photo).rgb[0];
  const int half = stylizer.stylize(photo, {.keep_color = 0.5}).rgb[0];
  EXPECT_NEAR(half, (60 + full) / 2, 6);
}

TEST(PlainColors, ContoursOfTheStyleStay) {
  const PlainColors nothing;
  EXPECT_EQ(nothing.lightness_before(0.2F, {.l = 0.7F, .a = 0.1F, .b = 0}), 0.2F);
  // A style that makes everything lighter by half of what is missing to white.
  const PlainColors plain([](const PhotoRows& chart, const WriteRows& write) {
    std::vector<std::uint16_t> rows(chart.row_samples());
    for (int y = 0; y < chart.height; ++y) {
      chart.read(rows);
      for (std::uint16_t& sample : rows) sample = static_cast<std::uint16_t>((sample + 65535) / 2);
      write(rows);
    }
  });
  // Black in a light area: darker still by what black gains, not lifted to the photo's light.
  EXPECT_LE(plain.lightness_before(0.05F, {.l = 0.7F, .a = 0, .b = 0}), 0.05F);
}

TEST(PlainColors, NetworksWithStatisticsOfTheWholeImageKeepTheirLight) {
  Stylizer stylizer(small_net(true), {.threads = 1});
  const image::Image photo = test_image(40, 24);
  EXPECT_EQ(stylizer.stylize(photo, {.keep_color = 1}).rgb.size(), photo.rgb.size());
}

TEST(PlainColors, TilesEqualTheWholeImage) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Image photo = test_image(300, 200);
  EXPECT_LE(largest_difference(stylizer.stylize(photo, {.keep_color = 1, .tile_px = 64}),
                               stylizer.stylize(photo, {.keep_color = 1, .tile_px = 8192})),
            1);
}

}  // namespace
}  // namespace genga::stylize
