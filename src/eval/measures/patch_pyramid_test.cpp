// Tests of patch distances: zero for the same set, larger for other texture, deterministic.
#include "eval/measures/patch_pyramid.h"

#include <gtest/gtest.h>

#include "eval/test_images.h"

namespace genga::eval {
namespace {

template <typename Draw>
Projections projections(int n, Draw draw_one) {
  PatchPyramid pyramid(64, n);
  for (int i = 0; i < n; ++i) pyramid.add(draw_one(i));
  return Projections(pyramid);
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v / static_cast<double>(values.size());
  return sum;
}

TEST(SlicedWasserstein, IsZeroForTheSameSet) {
  const auto scenes = [](int i) { return scene(64, static_cast<std::uint64_t>(i)); };
  for (const double d : projections(4, scenes).distances(projections(4, scenes))) EXPECT_EQ(d, 0);
}

TEST(SlicedWasserstein, HasOneNumberALevelDownToSixteenPixels) {
  EXPECT_EQ(PatchPyramid(64, 1).n_levels(), 3);
  EXPECT_EQ(PatchPyramid(256, 1).n_levels(), 5);
  EXPECT_EQ(PatchPyramid(256, 1).level_px(4), 16);
  EXPECT_EQ(PatchPyramid(100, 1).n_levels(), 3);
}

TEST(SlicedWasserstein, IsSmallWithinAStyleAndLargeBetweenStyles) {
  const auto scenes = [](int first) {
    return projections(24, [=](int i) { return scene(64, static_cast<std::uint64_t>(first + i)); });
  };
  const auto blurs = projections(24, [](int i) { return blurred(scene(64, static_cast<std::uint64_t>(200 + i)), 2); });
  const Projections style = scenes(0);
  const double within = mean(style.distances(scenes(100)));
  const double between = mean(style.distances(blurs));
  EXPECT_GT(within, 0);
  EXPECT_GT(between, 2 * within);
}

TEST(SlicedWasserstein, FindsTheScaleAtWhichSetsDiffer) {
  // The same composition with noise of single pixels on it differs most at the finest level.
  const auto clean = projections(8, [](int i) { return scene(64, static_cast<std::uint64_t>(i)); });
  const auto noisy = projections(8, [](int i) {
    const Plane grey = channel(scene(64, static_cast<std::uint64_t>(i)), 0);
    Numbers numbers(static_cast<std::uint64_t>(i) + 99);
    return draw(64, 64, [&](double x, double y) {
      return grey.at(static_cast<int>(x), static_cast<int>(y)) + 0.08 * numbers.normal();
    });
  });
  const std::vector<double> d = clean.distances(noisy);
  EXPECT_GT(d[0], 5 * d[2]);
}

TEST(SlicedWasserstein, PatchesAreNormalizedAndAlwaysAsMany) {
  PatchPyramid pyramid(32, 1);
  pyramid.add(scene(32, 5));
  const Patches patches = pyramid.normalized(0);
  EXPECT_EQ(patches.rows(), kPatchesPerLevel);
  EXPECT_NEAR(patches.leftCols(49).cast<double>().mean(), 0, 1e-4);
  EXPECT_NEAR(patches.rightCols(49).cast<double>().cwiseAbs2().mean(), 1, 1e-3);
}

TEST(SlicedWasserstein, ImagesOfOneColorAreNoTrouble) {
  const auto flat = projections(2, [](int) { return draw(32, 32, [](double, double) { return 0.3; }); });
  for (const double d : flat.distances(flat)) EXPECT_EQ(d, 0);
}

}  // namespace
}  // namespace genga::eval
