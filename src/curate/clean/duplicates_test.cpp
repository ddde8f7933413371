// Copies that are resized, cut, mirrored or recompressed are found; images of one series are not taken for copies.
#include "curate/clean/duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <opencv2/imgproc.hpp>

#include "curate/clean/perceptual_index.h"
#include "curate/test_scenes.h"
#include "genga/random.h"

namespace genga::curate {
namespace {

/// Copies of signatures, in the order given.
std::vector<std::optional<Copy>> copies_of(const std::vector<cv::Mat>& images, int threads = 2) {
  std::vector<Signature> signatures;
  for (const cv::Mat& image : images) signatures.push_back(signature_of(image));
  std::vector<ImageFingerprint> fingerprints;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    fingerprints.push_back({std::to_string(i), static_cast<double>(i + 1), &signatures[i]});
  }
  return find_copies(fingerprints, {.exact = true, .min_similarity = 0.95, .threads = threads});
}

TEST(PerceptualIndex, FindsEveryHashWithinTheRadius) {
  Rng random(1, 2);
  std::vector<std::uint64_t> hashes;
  const std::uint64_t wanted = 0x0123456789ABCDEF;
  for (int i = 0; i < 4000; ++i) {
    std::uint64_t hash = wanted;
    for (int k = 0; k < i % 16; ++k) hash ^= std::uint64_t{1} << random.below(64);
    hashes.push_back(hash);
  }
  std::vector<std::uint32_t> found, expected;
  PerceptualIndex(hashes).find(wanted, found);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (std::popcount(hashes[i] ^ wanted) <= PerceptualIndex::kRadius) expected.push_back(i);
  }
  EXPECT_GT(expected.size(), 2000U);
  EXPECT_EQ(found, expected);
}

TEST(Duplicates, ResizedMirroredBrightenedAndCutCopiesAreFound) {
  for (int seed = 0; seed < 6; ++seed) {
    const cv::Mat scene = draw_scene(640, 480, seed);
    cv::Mat half, flipped, bright;
    cv::resize(scene, half, {}, 0.5, 0.5, cv::INTER_AREA);
    cv::flip(scene, flipped, 1);
    scene.convertTo(bright, -1, 0.85, 20);
    const cv::Mat cut = scene(cv::Rect(20, 10, 608, 456)), strip_away = scene(cv::Rect(0, 0, 608, 480));
    const auto copies = copies_of({scene, half, flipped, bright, cut, strip_away, draw_scene(640, 480, seed + 50)});
    EXPECT_FALSE(copies[0]);
    for (std::size_t i = 1; i < 6; ++i) {
      ASSERT_TRUE(copies[i]) << seed << " " << i;
      EXPECT_EQ(copies[i]->of, 0U);
      EXPECT_EQ(copies[i]->kind, Copy::Kind::kAlike);
      EXPECT_EQ(copies[i]->mirrored, i == 2) << seed << " " << i;
    }
    EXPECT_FALSE(copies[6]);
  }
}

TEST(Duplicates, FlatImagesOfOneLayoutAreDifferent) {
  std::vector<cv::Mat> series;
  for (int i = 0; i < 4; ++i) {  // a character before the same wall, each time with another face
    cv::Mat wall(480, 480, CV_8UC3, cv::Scalar(200, 210, 190));
    cv::circle(wall, {240, 240}, 150, cv::Scalar(240, 200, 180), cv::FILLED);
    cv::circle(wall, {190 + 12 * i, 210}, 30, cv::Scalar(40, 40, 60), cv::FILLED);
    cv::circle(wall, {290, 210 + 12 * i}, 30, cv::Scalar(40, 40, 60), cv::FILLED);
    series.push_back(wall);
  }
  cv::Mat recolored = series[0].clone();
  cv::circle(recolored, {240, 240}, 150, cv::Scalar(160, 225, 255), 40);
  series.push_back(recolored);
  const auto copies = copies_of(series);
  for (std::size_t i = 0; i < copies.size(); ++i) EXPECT_FALSE(copies[i]) << i << " like " << copies[i]->of;
}

TEST(Duplicates, PlainImagesOfDifferentColorAreDifferent) {
  const auto plain = [](const cv::Scalar& paint) { return cv::Mat(100, 100, CV_8UC3, paint); };
  const auto copies = copies_of({plain({200, 30, 30}), plain({30, 200, 30})});
  EXPECT_FALSE(copies[1]);
}

TEST(Duplicates, SameBytesAndSamePixelsAreToldApart) {
  const std::vector<ImageFingerprint> images{
      {"a", 1, nullptr}, {"a", 1, nullptr}, {"b", 1, nullptr}, {"c", 2, nullptr}};
  const auto copies = find_copies(images, {.exact = true});
  ASSERT_TRUE(copies[1] && copies[2]);
  EXPECT_EQ(copies[1]->kind, Copy::Kind::kSameBytes);
  EXPECT_EQ(copies[2]->kind, Copy::Kind::kSamePixels);
  EXPECT_EQ(copies[2]->of, 0U);
  EXPECT_FALSE(copies[0] || copies[3]);
}

TEST(Duplicates, ManyCopiesAllNameTheFirstWhateverTheThreads) {
  std::vector<cv::Mat> images;
  for (int i = 0; i < 300; ++i) {  // more than a block
    cv::Mat scene = draw_scene(200, 160, 7);
    scene.convertTo(scene, -1, 1, i % 7);
    images.push_back(scene);
  }
  for (const int threads : {1, 3}) {
    const auto copies = copies_of(images, threads);
    EXPECT_FALSE(copies[0]);
    for (std::size_t i = 1; i < copies.size(); ++i) {
      ASSERT_TRUE(copies[i]) << i;
      EXPECT_EQ(copies[i]->of, 0U);
    }
  }
}

}  // namespace
}  // namespace genga::curate
