// Cleaning whole collections of drawn images: decisions, copies, cancelling, decisions by hand.
#include "genga/clean.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "curate/clean/checks.h"
#include "curate/test_scenes.h"
#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

class Clean : public testing::Test {
 protected:
  Clean() {
    image::init(1);
    for (int i = 0; i < 5; ++i) put(fmt::format("s{}.png", i), draw_scene(400, 300, i));
  }
  void put(const std::string& name, const cv::Mat& rgb) const {
    fs::create_directories((root() / name).parent_path());
    image::write_image(root() / name, to_image(rgb));
  }
  const fs::path& root() const { return folder_.path(); }
  static std::vector<std::string> reasons(const dataset::Manifest& manifest, const std::string& file) {
    std::vector<std::string> checks;
    for (const dataset::Decision& d : manifest.find(file)->decisions) checks.push_back(d.check);
    return checks;
  }

  image::TestFolder folder_;
};

using Reasons = std::vector<std::string>;

TEST_F(Clean, DropsWhatIsSpoiltAndSaysWhy) {
  cv::Mat soft, grey;
  cv::GaussianBlur(draw_scene(400, 300, 20), soft, {0, 0}, 4);
  put("soft.png", soft);
  cv::cvtColor(draw_scene(400, 300, 21), grey, cv::COLOR_RGB2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2RGB);
  put("grey.png", grey);
  put("tiny.png", draw_scene(90, 80, 22));
  put("strip.png", draw_scene(1200, 110, 23));
  const CleanReport report = clean_collection(root(), {});
  EXPECT_TRUE(report.new_manifest);
  EXPECT_EQ(report.images, 9);
  EXPECT_EQ(report.measured, 9);
  EXPECT_EQ(report.kept, 5);
  const dataset::Manifest manifest = dataset::read_manifest(root());
  EXPECT_EQ(reasons(manifest, "soft.png"), Reasons{"blur"});
  EXPECT_EQ(reasons(manifest, "grey.png"), Reasons{"grey"});
  EXPECT_EQ(reasons(manifest, "tiny.png"), Reasons{"size"});
  EXPECT_EQ(reasons(manifest, "strip.png"), Reasons{"aspect"});
  const dataset::Decision& blur = manifest.find("soft.png")->decisions.front();
  EXPECT_GT(*blur.value, *blur.limit);
  EXPECT_NE(blur.note.find("blurred"), std::string::npos);
}

TEST_F(Clean, SecondRunWithOtherLimitsDecodesNothingAndReplacesItsDecisions) {
  clean_collection(root(), {});
  CleanOptions strict;
  strict.limits["size"] = 301;
  const CleanReport report = clean_collection(root(), strict);
  EXPECT_EQ(report.measured, 0);
  EXPECT_EQ(report.dropped, 5);
  strict.limits["size"] = std::nullopt;
  EXPECT_EQ(clean_collection(root(), strict).dropped, 0);
}

TEST_F(Clean, ReadsTheMeasuresOfManifestsFromEarlierVersions) {
  clean_collection(root(), {});
  dataset::Manifest manifest = dataset::read_manifest(root());
  manifest.find("s3.png")->measures["colour"] = 0;  // a key that is stored since the first version
  dataset::save_manifest(manifest);
  const CleanReport report = clean_collection(root(), {});
  EXPECT_EQ(report.measured, 0);
  EXPECT_EQ(reasons(dataset::read_manifest(root()), "s3.png"), Reasons{"grey"});
}

TEST_F(Clean, LargestCopyStaysAndTheOthersNameIt) {
  cv::Mat half;
  cv::resize(draw_scene(400, 300, 1), half, {}, 0.5, 0.5, cv::INTER_AREA);
  put("a/half.png", half);
  fs::copy_file(root() / "s2.png", root() / "same.png");
  const CleanReport report = clean_collection(root(), {});
  EXPECT_EQ(report.counts.at("near-duplicate"), 1);
  EXPECT_EQ(report.counts.at("duplicate"), 1);
  const dataset::Manifest manifest = dataset::read_manifest(root());
  const dataset::Entry& copy = *manifest.find("a/half.png");
  EXPECT_NE(copy.decisions.front().note.find("s1.png"), std::string::npos);
  EXPECT_EQ(copy.measures.at(kGroup), manifest.find("s1.png")->measures.at(kGroup));
  EXPECT_TRUE(manifest.find("s1.png")->kept());
  CleanOptions off;
  off.duplicates = false;
  off.limits["near-duplicate"] = std::nullopt;
  EXPECT_EQ(clean_collection(root(), off).dropped, 0);
}

TEST_F(Clean, AWordByHandOverrulesAndMakesTheImageTheBestOfItsGroup) {
  cv::Mat half;
  cv::resize(draw_scene(400, 300, 1), half, {}, 0.5, 0.5, cv::INTER_AREA);
  put("half.png", half);
  clean_collection(root(), {});
  dataset::Manifest manifest = dataset::read_manifest(root());
  const std::size_t at = static_cast<std::size_t>(manifest.find("half.png") - manifest.entries.data());
  EXPECT_EQ(decide_by_hand(manifest, std::vector{at}, ByHand::kKeep, "I like it"), 1);
  EXPECT_EQ(decide_by_hand(manifest, std::vector{at}, ByHand::kKeep, "I like it"), 0);
  dataset::save_manifest(manifest);
  clean_collection(root(), {});
  manifest = dataset::read_manifest(root());
  EXPECT_TRUE(manifest.find("half.png")->kept());
  EXPECT_FALSE(manifest.find("s1.png")->kept());
  EXPECT_NE(manifest.find("s1.png")->decisions.front().note.find("kept by hand"), std::string::npos);
  decide_by_hand(manifest, std::vector{at}, ByHand::kUndo, "");
  EXPECT_TRUE(manifest.find("half.png")->decisions.empty());
}

TEST_F(Clean, UndoLeavesTheManifestWithoutItsDecisionsButWithThoseOfOthers) {
  put("tiny.png", draw_scene(50, 50, 9));
  clean_collection(root(), {});
  dataset::Manifest manifest = dataset::read_manifest(root());
  manifest.entries[0].decisions.push_back({.step = "faces", .check = "none", .keep = false});
  EXPECT_EQ(undo_clean(manifest), 1);
  EXPECT_TRUE(manifest.find("tiny.png")->kept());
  EXPECT_FALSE(manifest.entries[0].kept());
}

TEST_F(Clean, UnreadableAndMissingImagesAreToldAndTheOthersGoOn) {
  const auto whole = fs::file_size(root() / "s0.png");
  fs::resize_file(root() / "s0.png", whole / 2);
  std::ofstream(root() / "no.jpg") << "not an image";
  clean_collection(root(), {});
  fs::remove(root() / "s4.png");
  const CleanReport report = clean_collection(root(), {});
  EXPECT_EQ(report.survey.missing, Reasons{"s4.png"});
  EXPECT_EQ(report.unreadable.size(), 2U);
  EXPECT_EQ(report.kept, 3);
  const dataset::Manifest manifest = dataset::read_manifest(root());
  EXPECT_EQ(reasons(manifest, "s0.png"), Reasons{"unreadable"});
  EXPECT_EQ(reasons(manifest, "s4.png"), Reasons{"missing"});
}

TEST_F(Clean, ChangedImagesAreMeasuredAgain) {
  clean_collection(root(), {});
  put("s0.png", draw_scene(60, 60, 1));
  const CleanReport report = clean_collection(root(), {});
  EXPECT_EQ(report.measured, 1);
  EXPECT_EQ(report.counts.at("size"), 1);
}

TEST_F(Clean, DryRunWritesNothing) {
  CleanOptions options;
  options.dry_run = true;
  put("tiny.png", draw_scene(50, 50, 9));
  EXPECT_EQ(clean_collection(root(), options).dropped, 1);
  EXPECT_FALSE(dataset::has_manifest(root()));
  EXPECT_FALSE(fs::exists(root() / ".clean-cache"));
}

TEST_F(Clean, WhatWasMeasuredBeforeCancellingIsKept) {
  for (int i = 10; i < 60; ++i) put(fmt::format("s{}.png", i), draw_scene(200, 160, i));
  CancelToken cancel;
  CleanOptions options;
  options.threads = 1;
  options.cancel = &cancel;
  options.progress = [&](std::int64_t, std::int64_t) { cancel.cancel(); };
  EXPECT_THROW(clean_collection(root(), options), Error);
  const CleanReport report = clean_collection(root(), {});
  EXPECT_GT(report.measured, 0);
  EXPECT_LT(report.measured, 55);
}

TEST_F(Clean, RefusesUnknownChecksAndLimitsOutOfRange) {
  CleanOptions unknown, wild;
  unknown.limits["blurr"] = 1;
  wild.limits["white"] = 3;
  for (const CleanOptions& options : {unknown, wild}) EXPECT_THROW(clean_collection(root(), options), Error);
}

TEST(CleanOfSharedData, KeepsImagesThatWereChosenByHand) {
  const fs::path photos = GENGA_SOURCE_DIR "/../shared/data/photos/kodak";
  if (!fs::exists(photos)) GTEST_SKIP() << "NEEDS " << photos;
  image::init(1);
  image::TestFolder folder;
  fs::copy(photos, folder.path() / "kodak");
  const CleanReport report = clean_collection(folder.path(), {});
  EXPECT_EQ(report.kept, 24);
}

}  // namespace
}  // namespace genga::curate
