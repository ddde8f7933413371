// Faces: crops, detectors that are written here, and detectors that cannot be read.
#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "curate/faces/face_crop.h"
#include "curate/faces/face_detector.h"
#include "curate/faces/test_onnx.h"
#include "curate/mat.h"
#include "curate/opencv_quiet.h"
#include "genga/base.h"
#include "genga/dataset.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

std::string error_of(const fs::path& model) {
  quiet_opencv();
  try {
    open_face_detector({.model = model});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Faces, DetectorsThatAreNoneAreRefusedInOneSentence) {
  const image::TestFolder folder;
  const auto file = [&](const char* name, const std::string& text) {
    write_file(folder.path() / name, text);
    return folder.path() / name;
  };
  EXPECT_NE(error_of("").find("lbpcascade_animeface"), std::string::npos);
  EXPECT_NE(error_of(folder.path() / "none.xml").find("does not exist"), std::string::npos);
  EXPECT_NE(error_of(file("a.txt", "words")).find("neither"), std::string::npos);
  EXPECT_NE(error_of(file("a.xml", "words")).find("is not a cascade"), std::string::npos);
  EXPECT_NE(error_of(file("b.xml", "<?xml version=\"1.0\"?><opencv_storage><x>1</x></opencv_storage>"))
                .find("is not a cascade"),
            std::string::npos);
  EXPECT_NE(error_of(file("a.onnx", "words")).find("is not an ONNX network"), std::string::npos);
  EXPECT_NE(error_of(file("b.onnx", red_detector().substr(0, 3000))).find("is not an ONNX network"), std::string::npos);
  EXPECT_NE(error_of(file("c.onnx", red_detector(3))).find("expected at least 5"), std::string::npos);
}

TEST(Faces, OfANetworkOfYoloShapeAreFoundAndCut) {
  image::init(1);
  const image::TestFolder folder;
  write_file(folder.path() / "red.onnx", red_detector());
  cv::Mat image(256, 256, CV_8UC3, cv::Scalar(20, 90, 40));
  image(cv::Rect(128, 64, 64, 64)).setTo(cv::Scalar(250, 40, 40));
  fs::create_directories(folder.path() / "in");
  image::write_image(folder.path() / "in/a.png", to_image(image));
  image::write_image(folder.path() / "in/b.png", to_image(cv::Mat(256, 256, CV_8UC3, cv::Scalar(20, 90, 40))));
  const CutOptions cut{.output = folder.path() / "out", .threads = 2};
  const FaceOptions faces{.model = folder.path() / "red.onnx", .margin = 0.25, .size_px = 96};
  const CutReport report = cut_faces({folder.path() / "in"}, faces, cut);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.images, 1);
  EXPECT_EQ(report.empty, 1);
  const dataset::Manifest manifest = dataset::read_manifest(cut.output);
  ASSERT_EQ(manifest.entries.size(), 1U);
  const dataset::Entry& entry = manifest.entries.front();
  EXPECT_EQ(entry.width, 96);
  ASSERT_TRUE(entry.origin && entry.origin->box);
  EXPECT_EQ(*entry.origin->box, (std::array{120, 56, 80, 80}));
  EXPECT_GT(entry.measures.at("face_score"), 0.9);
  EXPECT_EQ(cut_faces({folder.path() / "in"}, faces, cut).done_before, 2);
}

TEST(Faces, AreTurnedUprightByTheirLandmarks) {
  constexpr double kPlaces[5][2] = {{38.3, 51.7}, {73.5, 51.5}, {56.0, 71.7}, {41.5, 92.4}, {70.7, 92.2}};
  const double turn = 20 * CV_PI / 180, scale = 1.5;
  cv::Mat image = cv::Mat::zeros(400, 400, CV_8UC3);
  Face face{.centre = {200, 200}, .side = 168, .score = 1};
  for (const auto& place : kPlaces) {
    const double x = (place[0] - 56) * scale, y = (place[1] - 56) * scale;
    face.landmarks.emplace_back(static_cast<float>(200 + x * std::cos(turn) - y * std::sin(turn)),
                                static_cast<float>(200 + x * std::sin(turn) + y * std::cos(turn)));
    cv::circle(image, face.landmarks.back(), 6, cv::Scalar::all(255), -1);
  }
  const FaceCrop crop = crop_face(image, face, {.margin = 0, .size_px = 112});
  EXPECT_NEAR(crop.degrees, 20, 0.5);
  EXPECT_EQ(crop.outside, 0);
  for (const auto& place : kPlaces) {
    EXPECT_GT(crop.image.at<cv::Vec3b>(static_cast<int>(place[1]), static_cast<int>(place[0]))[0], 200);
  }
}

TEST(Faces, CropsAtTheEdgeMoveInsideTheImage) {
  cv::Mat image(200, 300, CV_8UC3, cv::Scalar::all(90));
  const FaceCrop crop = crop_face(image, {.centre = {30, 30}, .side = 60}, {.margin = 0.5, .size_px = 0});
  EXPECT_EQ(crop.image.size(), cv::Size(120, 120));
  EXPECT_EQ(crop.outside, 0);
  const FaceCrop small = crop_face(image, {.centre = {150, 100}, .side = 180}, {.margin = 0.5, .size_px = 0});
  EXPECT_EQ(small.image.size(), cv::Size(200, 200));
}

TEST(Faces, OfOnePlaceTheBestStays) {
  const auto kept = without_repeats({{.centre = {50, 50}, .side = 40, .score = 5},
                                     {.centre = {54, 52}, .side = 44, .score = 9},
                                     {.centre = {150, 50}, .side = 60, .score = 2}});
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].side, 60);
  EXPECT_EQ(kept[1].score, 9);
}

TEST(Faces, OfAnimeAreFoundByACascade) {
  const fs::path shared = fs::path(GENGA_SOURCE_DIR) / "../shared";
  const fs::path cascade = shared / "weights/animeface/lbpcascade_animeface.xml";
  const fs::path images = shared / "data/anime/mikanixonable/characters";
  if (!fs::exists(cascade) || !fs::exists(images)) GTEST_SKIP() << cascade << " is not there: cascade not tested";
  image::init(1);
  const image::TestFolder folder;
  const CutReport report = cut_faces({images / "-10.jpg", images / "-104.jpg", images / "-11.jpg"}, {.model = cascade},
                                     {.output = folder.path() / "out", .threads = 1});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_GE(report.images, 1);
}

}  // namespace
}  // namespace genga::curate
