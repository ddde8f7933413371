// Numbers are of patches() at kPlaces: SciPy 1.10, scikit-image 0.19, OpenCV 4.6, and twenty lines of NumPy in double
// precision for the L0 filter.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "filters/planes.h"
#include "filters/salt_noise.h"
#include "filters/smoothing/l0_smooth.h"
#include "filters/smoothing/nl_means.h"
#include "filters/test_image.h"
#include "genga/thread_pool.h"

namespace genga::filters {
namespace {

constexpr std::array<std::array<int, 2>, 8> kPlaces{
    {{0, 0}, {5, 7}, {11, 12}, {24, 20}, {47, 39}, {30, 10}, {12, 10}, {40, 3}}};

std::size_t place(std::size_t i) {
  return static_cast<std::size_t>(kPlaces[i][1] * 48 + kPlaces[i][0]);
}

TEST(Planes, BlurAsSciPyDoes) {
  const Planes blurred = gaussian_blur(to_planes(patches()), 0.8);
  constexpr std::array kGreen{0.62918, 0.64297, 0.50779, 0.38214, 0.80039, 0.45249, 0.2428, 0.81002};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(blurred.plane(1)[place(i)], kGreen[i], 1e-5) << i;
}

TEST(Planes, ConvertToLabAndBack) {
  const image::Image colors{6, 1, {255, 0, 0, 10, 200, 90, 128, 128, 128, 0, 0, 255, 250, 230, 20, 3, 2, 1}};
  const Planes lab = to_lab(colors);
  constexpr std::array<std::array<double, 3>, 6> kLab{{{53.24, 80.09, 67.2},
                                                       {70.95, -64.9, 43.05},
                                                       {53.59, 0, 0},
                                                       {32.3, 79.19, -107.86},
                                                       {90.31, -11.36, 87.55},
                                                       {0.59, 0.12, 0.47}}};
  for (std::size_t i = 0; i < 6; ++i) {
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(lab.plane(c)[i], kLab[i][c], 0.03) << i << " " << c;
  }
  EXPECT_EQ(from_lab(lab).rgb, colors.rgb);
}

TEST(NlMeans, MatchesOpenCv) {
  using Colors = std::array<std::array<int, 3>, 8>;
  const image::Image image = patches();
  // One step of 8-bit Lab is up to three of RGB, and OpenCV rounds its Lab by tables.
  const auto check = [&](const NlMeansOptions& options, const Colors& expected, double change) {
    const image::Image denoised = nl_means(image, options);
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(denoised.rgb[place(i) * 3 + c], expected[i][c], 3) << i << " " << c;
    }
    double sum = 0;
    for (std::size_t i = 0; i < image.rgb.size(); ++i) sum += std::abs(denoised.rgb[i] - image.rgb[i]);
    EXPECT_NEAR(sum / static_cast<double>(image.rgb.size()), change, 0.05);
  };
  check({5, 6, 5, 7},
        {{{27, 162, 74},
          {26, 163, 72},
          {29, 164, 73},
          {209, 122, 26},
          {71, 206, 113},
          {210, 117, 27},
          {117, 26, 161},
          {72, 208, 115}}},
        3.761);
  check({7, 7, 6, 7},
        {{{27, 162, 74},
          {26, 163, 72},
          {29, 164, 73},
          {209, 122, 26},
          {71, 206, 113},
          {210, 117, 27},
          {117, 26, 161},
          {72, 208, 115}}},
        3.913);
  check({15, 15, 5, 7},
        {{{27, 162, 74},
          {26, 163, 72},
          {27, 158, 70},
          {205, 116, 26},
          {71, 206, 113},
          {210, 117, 27},
          {124, 28, 169},
          {72, 208, 115}}},
        4.796);
}

TEST(NlMeans, SurvivesTinyImages) {
  for (const int size : {1, 2, 3}) {
    const image::Image grey{size, size, std::vector<std::uint8_t>(std::size_t{3} * size * size, 90)};
    EXPECT_EQ(nl_means(grey, {}).rgb, grey.rgb);
  }
}

TEST(L0Smooth, MatchesDoublePrecision) {
  const image::Image image = patches();
  std::vector<float> dst(image.rgb.size());
  const auto check = [&](double lambda, const std::array<std::array<double, 3>, 8>& expected) {
    l0_smooth(image, lambda, dst);
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(dst[c * 48 * 40 + place(i)], expected[i][c], 5e-4) << i;
    }
  };
  check(0.005, {{{-0.7847, 0.2766, -0.4333},
                 {-0.7847, 0.2757, -0.4334},
                 {-0.7745, 0.2787, -0.4201},
                 {0.6304, -0.0771, -0.7832},
                 {-0.4208, 0.6208, -0.086},
                 {0.6291, -0.0771, -0.7835},
                 {-0.0787, -0.7862, 0.2751},
                 {-0.4326, 0.6267, -0.0787}}});
  check(0.02, {{{-0.7809, 0.2813, -0.4281},
                {-0.7805, 0.2802, -0.4285},
                {-0.7769, 0.2796, -0.4232},
                {0.6292, -0.0778, -0.7849},
                {-0.4302, 0.6196, -0.0871},
                {0.6275, -0.0784, -0.7861},
                {-0.0779, -0.7849, 0.2768},
                {-0.4351, 0.6225, -0.0829}}});
}

TEST(L0Smooth, GivesTheSameBitsOnEveryThread) {
  const image::Image image = patches(40, 36);
  std::vector<std::vector<float>> results(6, std::vector<float>(image.rgb.size()));
  ThreadPool pool(3);
  TaskGroup group(pool);
  for (auto& result : results) group.add([&] { l0_smooth(image, 0.01, result); });
  group.wait();
  for (const auto& result : results) EXPECT_EQ(result, results[0]);
}

TEST(L0Smooth, TakesImagesOfAnySize) {
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 2}, {17, 13}}) {
    const std::size_t n = static_cast<std::size_t>(width) * height * 3;
    std::vector<float> dst(n, 9);
    l0_smooth({width, height, std::vector<std::uint8_t>(n, 51)}, 0.005, dst);
    for (const float v : dst) EXPECT_NEAR(v, -0.6, 1e-5);
  }
}

TEST(SaltNoise, TurnsAShareOfInnerPixelsWhite) {
  image::Image image{50, 40, std::vector<std::uint8_t>(6000, 7)};
  Rng rng(3, 4);
  add_salt(image, 0.1, rng);
  int white = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool border = i % 50 == 0 || i % 50 == 49 || i < 50 || i >= 1950;
    if (border) {
      EXPECT_EQ(image.rgb[i * 3], 7);
    }
    if (image.rgb[i * 3] == 255) {
      ++white;
      EXPECT_EQ(image.rgb[i * 3 + 2], 255);
    }
  }
  EXPECT_GT(white, 170);
  EXPECT_LE(white, 200);
}

}  // namespace
}  // namespace genga::filters
