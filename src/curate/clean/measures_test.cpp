// Measures of drawn images with known faults.
#include "curate/clean/measures.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "curate/test_scenes.h"

namespace genga::curate {
namespace {

std::map<std::string, double> measured(const cv::Mat& rgb) {
  return measure(views_of(to_image(rgb), false));
}

cv::Mat blurred(const cv::Mat& rgb, double sigma) {
  cv::Mat soft;
  cv::GaussianBlur(rgb, soft, {0, 0}, sigma);
  return soft;
}

TEST(Measures, FlatDrawingWithCrispLinesIsSharp) {
  EXPECT_LT(measured(draw_scene(800, 600, 1)).at("blur"), 1);
}

TEST(Measures, BlurGrowsWithTheWidthOfEdges) {
  const cv::Mat scene = draw_scene(800, 600, 2);
  double before = measured(scene).at("blur");
  for (const double sigma : {2.0, 3.0, 5.0}) {
    const double now = measured(blurred(scene, sigma)).at("blur");
    EXPECT_GT(now, before + 0.3) << sigma;
    before = now;
  }
  EXPECT_GT(measured(blurred(scene, 3)).at("blur"), 1.45);
}

TEST(Measures, SharpSubjectBeforeABlurredGroundIsSharp) {
  cv::Mat scene = blurred(draw_scene(800, 600, 3), 6);
  draw_scene(300, 300, 4).copyTo(scene(cv::Rect(250, 150, 300, 300)));
  EXPECT_LT(measured(scene).at("blur"), 1.2);
}

TEST(Measures, NothingToSeeHasNoEdgesAndNoDetail) {
  const auto values = measured(cv::Mat(400, 400, CV_8UC3, cv::Scalar(90, 120, 150)));
  EXPECT_EQ(values.at("blur"), 20);
  EXPECT_EQ(values.at("detail"), 0);
}

TEST(Measures, NoiseIsItsDeviationAndTextureIsNone) {
  cv::Mat scene = draw_scene(800, 600, 5), grain(600, 800, CV_16SC3);
  EXPECT_LT(measured(scene).at("noise"), 1);
  cv::RNG random(1);
  random.fill(grain, cv::RNG::NORMAL, 0, 20);
  cv::add(scene, grain, scene, cv::noArray(), CV_8U);
  // Luma of independent channels: 20 * sqrt(0.299^2 + 0.587^2 + 0.114^2) = 13.4; the quietest tenth lies below.
  EXPECT_NEAR(measured(scene).at("noise"), 13, 3);
}

TEST(Measures, BlocksAreSeenWhereverTheGridLies) {
  cv::Mat scene = blurred(draw_scene(800, 608, 6), 4);
  const double before = measured(scene).at("blocks");
  for (int y = 0; y < scene.rows; y += 8) {
    for (int x = 0; x < scene.cols; x += 8) {
      cv::Mat block = scene(cv::Rect(x, y, 8, 8));
      block.setTo(cv::mean(block) + cv::Scalar::all((x / 8 + y / 8) % 2 == 0 ? 3 : -3));
    }
  }
  EXPECT_LT(before, 1);
  EXPECT_GT(measured(scene).at("blocks"), 3);
  EXPECT_GT(measured(scene(cv::Rect(5, 3, 700, 500)).clone()).at("blocks"), 3);
}

TEST(Measures, BlocksOfReducedImagesAreNotAskedFor) {
  EXPECT_FALSE(measure(views_of(to_image(draw_scene(400, 300, 1)), true)).contains("blocks"));
}

TEST(Measures, TextIsFoundOnPaperAndOnDarkGroundButNotInDrawings) {
  EXPECT_GT(measured(draw_text(700, 900, cv::Scalar::all(250), cv::Scalar::all(10))).at("text"), 0.25);
  EXPECT_GT(measured(draw_text(700, 900, cv::Scalar(20, 30, 60), cv::Scalar(250, 240, 200))).at("text"), 0.25);
  for (int seed = 0; seed < 5; ++seed) EXPECT_LT(measured(draw_scene(800, 600, seed)).at("text"), 0.05) << seed;
}

TEST(Measures, WhiteColorAndBrightnessAreWhatTheySay) {
  cv::Mat half(400, 400, CV_8UC3, cv::Scalar(200, 60, 30));
  half(cv::Rect(0, 0, 400, 200)).setTo(cv::Scalar::all(255));
  const auto values = measured(half);
  EXPECT_NEAR(values.at("white"), 0.5, 0.01);
  EXPECT_EQ(values.at("colour"), 170) << "the key that manifests have";
  EXPECT_EQ(values.at("lights"), 255);
  EXPECT_NEAR(values.at("darks"), 0.299 * 200 + 0.587 * 60 + 0.114 * 30, 1);
}

TEST(Measures, SmallestImagesAreMeasuredToo) {
  for (const int side : {1, 2, 7, 16, 33}) {
    EXPECT_EQ(measured(cv::Mat(side, side, CV_8UC3, cv::Scalar::all(50))).at("text"), 0) << side;
  }
}

}  // namespace
}  // namespace genga::curate
