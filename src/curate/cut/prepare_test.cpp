// Prepared images: sizes, tiles, color cast, superpixels, and what is stored of the options.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "curate/mat.h"
#include "curate/test_pages.h"
#include "genga/base.h"
#include "genga/cut.h"
#include "genga/dataset.h"
#include "genga/sha256.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

class PrepareTest : public ::testing::Test {
 protected:
  PrepareTest() {
    image::init(1);
    in_ = folder_.path() / "in";
    cut_.output = folder_.path() / "out";
    cut_.threads = 2;
    fs::create_directories(in_);
    for (int i = 0; i < 4; ++i) {
      Rng rng(static_cast<std::uint64_t>(i), 3);
      cv::Mat mat = drawn_image(160 + 40 * i, 120, rng);
      cv::add(mat, cv::Scalar(20, 0, -10), mat);
      image::write_image(in_ / fmt::format("p{}.png", i), to_image(mat));
    }
  }

  std::vector<dataset::Entry> entries() const { return dataset::read_manifest(cut_.output).entries; }

  image::TestFolder folder_;
  fs::path in_;
  CutOptions cut_;
};

TEST_F(PrepareTest, ReducesAndInheritsAndDoesNothingTwice) {
  dataset::Manifest manifest{.folder = in_};
  for (int i = 0; i < 4; ++i) {
    dataset::Entry entry = dataset::describe_file(in_, in_ / fmt::format("p{}.png", i));
    entry.licence = "CC0-1.0";
    entry.page = "https://example.org/" + std::to_string(i);
    if (i == 3) entry.decisions.push_back({.step = "clean", .check = "blur", .keep = false});
    manifest.entries.push_back(entry);
  }
  dataset::save_manifest(manifest);
  const CutReport report = prepare({in_}, {.long_side_px = 100}, cut_);
  EXPECT_EQ(report.images, 3);
  EXPECT_EQ(report.not_kept, 1);
  for (const dataset::Entry& entry : entries()) {
    EXPECT_EQ(entry.width, 100);
    EXPECT_EQ(entry.licence, "CC0-1.0");
    EXPECT_TRUE(entry.page.starts_with("https://example.org/"));
    ASSERT_TRUE(entry.origin);
    EXPECT_EQ(entry.origin->operation, "prepare");
    EXPECT_EQ(entry.origin->sha256, sha256_of_file(entry.origin->file));
  }
  const CutReport again = prepare({in_}, {.long_side_px = 100}, cut_);
  EXPECT_EQ(again.images, 0);
  EXPECT_EQ(again.done_before, 3);
  EXPECT_THROW(prepare({in_}, {.long_side_px = 90}, cut_), Error);
}

TEST_F(PrepareTest, StoresOptionsInTheWordsOfEarlierVersions) {
  prepare({in_}, {.remove_color_cast = true}, cut_);
  const auto bytes = read_file(cut_.output / ".genga-done");
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_NE(text.find("\tsize as it is, colour cast of these pictures "), std::string::npos) << text;
}

TEST_F(PrepareTest, CutsTilesThatShowSomethingWhereTheyLie) {
  cv::Mat half(128, 256, CV_8UC3, cv::Scalar::all(200));
  Rng rng(5, 5);
  drawn_image(128, 128, rng).copyTo(half(cv::Rect(0, 0, 128, 128)));
  image::write_image(folder_.path() / "half.png", to_image(half));
  const CutReport report =
      prepare({folder_.path() / "half.png"}, {.long_side_px = 128, .tile_px = {64, 64}, .min_tile_contrast = 8}, cut_);
  ASSERT_EQ(report.images, 1);
  EXPECT_EQ(report.left_out.at("tile with little contrast"), 1);
  EXPECT_EQ(*entries().front().origin->box, (std::array{0, 0, 128, 128}));
}

TEST_F(PrepareTest, MakesTheMeanOfTheSetGrey) {
  const CutReport report = prepare({in_}, {.remove_color_cast = true}, cut_);
  EXPECT_EQ(report.images, 4);
  cv::Scalar sum;
  for (const dataset::Entry& entry : entries()) {
    sum += cv::mean(as_mat(image::read_image({.path = cut_.output / entry.file})));
  }
  EXPECT_NEAR(sum[0], sum[1], 4 * 1.5);
  EXPECT_NEAR(sum[1], sum[2], 4 * 1.5);
}

TEST_F(PrepareTest, KeepsPairsWithBlurredContoursThatAreNotUsedThemselves) {
  EXPECT_EQ(prepare({in_}, {.superpixels = Superpixels::kSlic, .regions = 50, .edge_smooth = true}, cut_).images, 8);
  const auto all = entries();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const dataset::Entry& e) { return e.kept(); }), 4);
  for (const dataset::Entry& entry : all) EXPECT_EQ(entry.file.starts_with("smooth/"), !entry.kept());
  EXPECT_TRUE(fs::exists(cut_.output / "smooth/p0.png"));
}

TEST_F(PrepareTest, WhatCannotBeReadDoesNotStopTheOthers) {
  const auto bytes = read_file(in_ / "p1.png");
  write_file(in_ / "p1.png", std::span(bytes).first(bytes.size() / 3));
  write_file(in_ / "words.jpg", "no image");
  const CutReport report = prepare({in_}, {.long_side_px = 100}, cut_);
  EXPECT_EQ(report.images, 3);
  ASSERT_EQ(report.problems.size(), 2U);
  EXPECT_NE(report.problems[0].file.find("p1.png"), std::string::npos);
}

TEST_F(PrepareTest, GoesOnWhereItWasInterrupted) {
  CancelToken cancel;
  cut_.cancel = &cancel;
  cut_.threads = 1;
  cut_.progress = [&](std::int64_t done, std::int64_t, const std::string&, double) {
    if (done == 2) cancel.cancel();
  };
  const CutReport first = prepare({in_}, {.long_side_px = 100}, cut_);
  EXPECT_TRUE(first.cancelled);
  EXPECT_LT(first.images, 4);
  const auto before = static_cast<std::int64_t>(entries().size());
  cut_.cancel = nullptr;
  cut_.progress = nullptr;
  const CutReport second = prepare({in_}, {.long_side_px = 100}, cut_);
  EXPECT_EQ(second.images, 4 - before);
  EXPECT_EQ(entries().size(), 4U);
}

TEST_F(PrepareTest, NeverWritesOverWhatIsThere) {
  fs::create_directories(cut_.output);
  write_file(cut_.output / "p0.png", "mine");
  EXPECT_EQ(prepare({in_}, {}, cut_).images, 4);
  EXPECT_EQ(fs::file_size(cut_.output / "p0.png"), 4U);
  EXPECT_THROW(prepare({cut_.output}, {}, cut_), Error);
}

TEST_F(PrepareTest, RefusesOtherOptionsForOneFolderInOneSentence) {
  EXPECT_EQ(prepare({in_}, {}, cut_).images, 4);
  cut_.format = "webp";
  try {
    prepare({in_}, {}, cut_);
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {  // one for all four
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    const std::string text = error.what();
    EXPECT_NE(text.find("with other options (size as it is, png)"), std::string::npos) << text;
    EXPECT_NE(text.find("for the new ones (size as it is, webp)"), std::string::npos) << text;
  }
}

TEST_F(PrepareTest, PairsAndImagesOfOneNameAreAllThere) {
  fs::create_directories(in_ / "smooth");
  for (int i = 0; i < 4; ++i) {
    const std::string name = fmt::format("p{}.png", i);
    fs::copy_file(in_ / fmt::format("p{}.png", 3 - i), in_ / "smooth" / name);
  }
  cut_.threads = 8;
  EXPECT_EQ(prepare({in_}, {.edge_smooth = true}, cut_).images, 16);
  for (const dataset::Entry& entry : entries()) {
    EXPECT_EQ(sha256_of_file(cut_.output / entry.file), entry.sha256) << entry.file;
  }
}

TEST_F(PrepareTest, LinksThatLeadNowhereAndTheOutputBelowAreNotTaken) {
  fs::create_symlink("circle.png", in_ / "circle.png");
  cut_.output = in_ / "out";
  EXPECT_EQ(prepare({in_}, {}, cut_).images, 4);
  EXPECT_EQ(prepare({in_}, {}, cut_).sources, 4);
}

TEST_F(PrepareTest, SaysThatTheOutputCannotBeWritten) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  fs::create_directories(cut_.output);
  ::chmod(cut_.output.c_str(), 0555);
  EXPECT_THROW(prepare({in_}, {}, cut_), Error);
}

}  // namespace
}  // namespace genga::curate
