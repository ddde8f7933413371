// Numbers from scikit-image 0.19.3 are of patches(), by segmentation.felzenszwalb and segmentation.slic; slic was given
// the Lab image and a compactness that undoes its stretching of the range, which older versions do not have.
#include "filters/regions/regions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "filters/adaptive_color.h"
#include "filters/regions/felzenszwalb.h"
#include "filters/regions/region_merging.h"
#include "filters/regions/slic.h"
#include "filters/test_image.h"

namespace genga::filters {
namespace {

std::vector<int> sizes(const Regions& regions) {
  std::vector<int> n(static_cast<std::size_t>(regions.count), 0);
  for (const std::int32_t label : regions.label) ++n[label];
  return n;
}

/// 30 x 20: ten columns each of dark grey, slightly lighter grey, and red.
image::Image stripes() {
  image::Image image{30, 20, {}};
  for (int i = 0; i < 600; ++i) {
    const int x = i % 30;
    const auto grey = static_cast<std::uint8_t>(x < 10 ? 60 : 64);
    for (const std::uint8_t v : {x < 20 ? grey : std::uint8_t{220}, x < 20 ? grey : std::uint8_t{20}, grey}) {
      image.rgb.push_back(v);
    }
  }
  return image;
}

Regions columns_of_ten(const image::Image& image) {
  std::vector<std::int32_t> ids;
  for (int i = 0; i < image.width * image.height; ++i) ids.push_back(i % image.width / 10);
  return number_regions(image.width, image.height, ids);
}

TEST(Regions, AreNumberedInReadingOrder) {
  const Regions regions = number_regions(3, 2, std::vector<std::int32_t>{7, -2, 7, 5, 5, 7});
  EXPECT_EQ(regions.count, 3);
  EXPECT_EQ(regions.label, (std::vector<std::int32_t>{0, 1, 0, 2, 2, 0}));
}

TEST(Regions, ArePaintedWithTheirMeanColor) {
  const image::Image image{2, 2, {0, 10, 20, 255, 255, 255, 100, 30, 20, 255, 255, 255}};
  std::vector<float> painted(12);
  paint_means(image, number_regions(2, 2, std::vector<std::int32_t>{0, 1, 0, 1}), painted);
  for (const auto& [at, expected] : {std::pair{0, 50}, {2, 50}, {1, 255}, {4, 20}, {8, 20}, {11, 255}}) {
    EXPECT_NEAR(painted[at], expected / 127.5 - 1, 1e-6) << at;
  }
}

TEST(Felzenszwalb, CutsAsScikitImageDoes) {
  const image::Image image = patches();
  EXPECT_EQ(sizes(segment(image, {.scale = 5, .sigma = 0.8, .min_px = 50})),
            (std::vector<int>{227, 253, 197, 207, 344, 136, 247, 171, 62, 76}));
  EXPECT_EQ(sizes(segment(image, {.scale = 200, .sigma = 0.8, .min_px = 20})),
            (std::vector<int>{440, 40, 40, 400, 40, 40, 400, 40, 40, 440}));
  const std::vector<int> fine{381, 8,  27, 11, 13, 30,  129, 29, 40, 54, 264, 9,  23, 13, 212, 9, 31, 22, 22, 17,
                              28,  27, 27, 12, 62, 158, 124, 5,  23, 12, 15,  11, 7,  22, 15,  6, 7,  9,  6};
  EXPECT_EQ(sizes(segment(image, {.scale = 10, .sigma = 0.8, .min_px = 5})), fine);
}

TEST(Felzenszwalb, LeavesNoRegionBelowTheSmallestSize) {
  for (const int n : sizes(segment(patches(), {.scale = 1, .sigma = 0.8, .min_px = 50}))) EXPECT_GE(n, 50);
  for (const int size : {1, 2}) EXPECT_EQ(segment(patches(size, size), {.min_px = 50}).count, 1);
}

TEST(Slic, CutsAsScikitImageDoes) {
  const image::Image image = patches();
  EXPECT_EQ(sizes(slic(image, {.count = 12})), (std::vector<int>{300, 280, 263, 218, 222, 220, 200, 217}));
  EXPECT_EQ(sizes(slic(image, {.count = 30})),
            (std::vector<int>{144, 102, 185, 99, 52, 59, 82, 88, 109, 121, 80, 88, 99, 111, 78, 88, 92, 94, 72, 77}));
}

TEST(Slic, CutsImagesOfAnyShape) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 90}, {90, 2}, {7, 5}}) {
    const Regions regions = slic(patches(width, height), {.count = 20});
    EXPECT_GE(regions.count, 1);
    EXPECT_EQ(regions.label.size(), static_cast<std::size_t>(width) * height);
  }
}

TEST(RegionMerging, JoinsTheMostAlikeFirst) {
  const image::Image image = stripes();
  const Regions merged = merge_alike(image, columns_of_ten(image), 2);
  EXPECT_EQ(sizes(merged), (std::vector<int>{400, 200}));
}

TEST(RegionMerging, StopsAtTheNumberWantedAndJoinsNeighboursOnly) {
  const image::Image image = patches();
  const Regions fine = segment(image, {.scale = 10, .sigma = 0.8, .min_px = 5});
  const Regions merged = merge_alike(image, fine, 15);
  EXPECT_EQ(merged.count, 15);
  for (std::size_t i = 0; i < fine.label.size(); ++i) {  // a merged region is a union of fine ones
    for (std::size_t j = 0; j < i; j += 97) {
      if (fine.label[i] == fine.label[j]) {
        EXPECT_EQ(merged.label[i], merged.label[j]);
      }
    }
  }
  EXPECT_EQ(merge_alike(image, fine, 100).label, fine.label);
}

TEST(AdaptiveColor, TakesTheMedianWhereARegionVaries) {
  // Standard deviations over all samples: 4.7, 28.3, 94.3; (0,0,60) has mean 20 and median 0 of a channel.
  const auto painted = [](std::uint8_t low, std::uint8_t high) {
    image::Image image{3, 2, std::vector<std::uint8_t>(18, 200)};
    for (std::size_t i = 0; i < 9; ++i) image.rgb[i] = i < 6 ? low : high;
    std::vector<float> dst(18);
    paint_adaptive(image, number_regions(3, 2, std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}), 1, dst);
    return (dst[0] + 1) / 2 * 200;  // the other region, 200, is stretched to 1
  };
  EXPECT_NEAR(painted(0, 10), 10.0 / 3, 1e-3);
  EXPECT_NEAR(painted(0, 60), 10, 1e-3);  // halfway between 20 and 0
  EXPECT_NEAR(painted(0, 199), 0, 1e-3);
}

TEST(AdaptiveColor, RaisesToThePowerAndStretchesToOne) {
  const image::Image image{2, 1, {100, 100, 100, 200, 200, 200}};
  std::vector<float> dst(6);
  paint_adaptive(image, number_regions(2, 1, std::vector<std::int32_t>{0, 1}), 1.2, dst);
  EXPECT_NEAR((dst[0] + 1) / 2, std::pow(0.5, 1.2), 1e-6);
  EXPECT_EQ(dst[1], 1);
}

TEST(AdaptiveColor, PaintsWholeImagesWithinRange) {
  const image::Image image = patches(96, 80);
  std::vector<float> dst(image.rgb.size());
  structure_colors(image, dst);
  EXPECT_EQ(*std::max_element(dst.begin(), dst.end()), 1);
  EXPECT_GE(*std::min_element(dst.begin(), dst.end()), -1);
  structure_colors({4, 4, std::vector<std::uint8_t>(48, 0)}, std::span(dst).first(48));
  EXPECT_EQ(dst[0], -1);  // black stays black
}

}  // namespace
}  // namespace genga::filters
