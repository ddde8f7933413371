// Scenes, flashes, dissolves, bars, combing and text on frames that are drawn here, and whole videos written with
// FFmpeg.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "curate/frames/frame_measures.h"
#include "curate/frames/scenes.h"
#include "curate/test_pages.h"
#include "genga/cut.h"
#include "genga/dataset.h"
#include "genga/video.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

constexpr int kWidth = 320, kHeight = 180, kBar = 22;
constexpr int kShot = 38;  // frames

/// A camera that moves over a drawn image.
class Shot {
 public:
  explicit Shot(std::uint64_t seed) : rng_(seed, 9), image_(drawn_image(480, kHeight - 2 * kBar, rng_)) {}
  cv::Mat frame(int i) const { return image_(cv::Rect(2 * i, 0, kWidth, image_.rows)); }

 private:
  Rng rng_;
  cv::Mat image_;
};

cv::Mat title() {
  cv::Mat frame = cv::Mat::zeros(kHeight, kWidth, CV_8UC3);
  cv::putText(frame, "Drawn by", {90, 70}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar::all(240), 1, cv::LINE_AA);
  cv::putText(frame, "Someone and others", {60, 110}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar::all(240), 1,
              cv::LINE_AA);
  return frame;
}

class Video {
 public:
  explicit Video(const std::filesystem::path& path) : writer_(path, kWidth, kHeight, {}) {}
  /// With black bars above and below.
  void add(const cv::Mat& image) {
    cv::Mat frame = cv::Mat::zeros(kHeight, kWidth, CV_8UC3);
    image.copyTo(frame(cv::Rect(0, image.rows < kHeight ? kBar : 0, kWidth, image.rows)));
    writer_.write(to_image(frame));
  }
  void shot(const Shot& shot, int first = 0, int n = kShot) {
    for (int i = first; i < first + n; ++i) add(shot.frame(i));
  }
  void finish() { writer_.finish(); }

 private:
  video::VideoWriter writer_;
};

/// Five shots; in it a flash, a dissolve, black, a title, and the first shot again.
void write_video(const std::filesystem::path& path) {
  Video video(path);
  const Shot a(1), b(2), c(3), d(4), e(5);
  video.shot(a);
  video.shot(b, 0, 16);
  for (int i = 0; i < 3; ++i) video.add(cv::Mat(kHeight - 2 * kBar, kWidth, CV_8UC3, cv::Scalar::all(255)));
  video.shot(b, 16, kShot - 16);
  video.shot(c);
  for (int i = 0; i < 20; ++i) {
    cv::Mat mix;
    cv::addWeighted(c.frame(kShot), 1 - (i + 0.5) / 20, d.frame(0), (i + 0.5) / 20, 0, mix);
    video.add(mix);
  }
  video.shot(d);
  for (int i = 0; i < 15; ++i) video.add(cv::Mat::zeros(kHeight, kWidth, CV_8UC3));
  for (int i = 0; i < kShot; ++i) video.add(title());
  video.shot(e);
  video.shot(a);
  video.finish();
}

TEST(Frames, TakeOneImageOfEachSceneWithoutBarsTitlesAndRepeats) {
  image::init(1);
  const image::TestFolder folder;
  write_video(folder.path() / "video.mp4");
  const CutOptions cut{.output = folder.path() / "out", .threads = 1};
  const FrameOptions options{.provenance = {.licence = "CC-BY-4.0", .author = "A. Painter"}};
  const CutReport report = cut_frames({folder.path() / "video.mp4"}, options, cut);
  EXPECT_EQ(report.images, 5);
  EXPECT_EQ(report.left_out.at("like an earlier image"), 1);
  EXPECT_GE(report.left_out.at("credits or title"), 1);
  const dataset::Manifest manifest = dataset::read_manifest(cut.output);
  ASSERT_EQ(manifest.entries.size(), 5U);
  const int starts[] = {0, 38, 79, 137, 228};  // frames of the five shots; the last ones after black and title
  for (std::size_t i = 0; i < 5; ++i) {
    const dataset::Entry& entry = manifest.entries[i];
    EXPECT_EQ(entry.licence, "CC-BY-4.0");
    EXPECT_EQ(entry.author, "A. Painter");
    ASSERT_TRUE(entry.origin && entry.origin->time_s && entry.origin->box);
    EXPECT_GE(*entry.origin->time_s * 25, starts[i] - 0.5);
    EXPECT_LE(*entry.origin->time_s * 25, starts[i] + 42);
    EXPECT_GE((*entry.origin->box)[1], kBar);
    EXPECT_GE(entry.height, kHeight - 2 * kBar - 6);
    EXPECT_LE(entry.height, kHeight - 2 * kBar);
    EXPECT_EQ(entry.width, kWidth);
  }
  EXPECT_EQ(cut_frames({folder.path() / "video.mp4"}, options, cut).done_before, 1);
  EXPECT_THROW(cut_frames({folder.path() / "video.mp4"}, {.per_scene = 2}, cut), Error) << "other options";
}

TEST(Frames, AreTakenAtIntervalsWithinAStretch) {
  image::init(1);
  const image::TestFolder folder;
  write_video(folder.path() / "video.mp4");
  const CutOptions cut{.output = folder.path() / "out", .threads = 1};
  const FrameOptions options{.start_s = 1, .end_s = 4, .every_s = 0.5, .duplicate_bits = -1};
  const CutReport report = cut_frames({folder.path() / "video.mp4"}, options, cut);
  EXPECT_EQ(report.images, 7);
  for (const dataset::Entry& entry : dataset::read_manifest(cut.output).entries) {
    EXPECT_GE(*entry.origin->time_s, 0.99);
    EXPECT_LE(*entry.origin->time_s, 4.01);
  }
}

TEST(Frames, OfAVideoCutShortAreTakenAsFarAsItGoes) {
  image::init(1);
  const image::TestFolder folder;
  const auto path = folder.path() / "video.mkv";
  write_video(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const CutReport report = cut_frames({path}, {}, {.output = folder.path() / "out", .threads = 1});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_GE(report.images, 2);
  EXPECT_LE(report.images, 4);
}

TEST(Frames, CombingIsSeenAndTakenAway) {
  Rng rng(4, 4);
  const cv::Mat image = drawn_image(360, 240, rng);
  const cv::Mat now = image(cv::Rect(0, 0, 320, 240)), later = image(cv::Rect(8, 0, 320, 240));
  cv::Mat woven = now.clone();
  for (int y = 1; y < woven.rows; y += 2) later.row(y).copyTo(woven.row(y));
  EXPECT_LT(combing(now), kCombed);
  EXPECT_GT(combing(woven), kCombed);
  const cv::Mat mended = without_combing(woven);
  EXPECT_LT(combing(mended), combing(woven) / 5);
  EXPECT_LT(cv::norm(mended, now, cv::NORM_L1), cv::norm(woven, now, cv::NORM_L1) * 0.7);
}

TEST(Frames, TextOnPlainGroundIsToldFromImages) {
  Rng rng(4, 5);
  EXPECT_TRUE(is_text_screen(title()));
  cv::Mat white = 255 - title();
  EXPECT_TRUE(is_text_screen(white));
  EXPECT_FALSE(is_text_screen(drawn_image(320, 180, rng)));
  cv::Mat figure(180, 320, CV_8UC3, cv::Scalar(120, 180, 240));
  cv::ellipse(figure, {160, 100}, {30, 60}, 0, 0, 360, {40, 60, 90}, -1);
  EXPECT_FALSE(is_text_screen(figure));
}

TEST(Frames, BarsOfDarkVideosAreNotWiderThanTheyAre) {
  BarFinder bars;
  for (int i = 0; i < 40; ++i) {
    cv::Mat frame = cv::Mat::zeros(180, 320, CV_8UC3);
    // The upper half of the image is seen in every fifth frame only.
    frame(cv::Rect(0, i % 5 == 0 ? 20 : 90, 320, i % 5 == 0 ? 140 : 70)).setTo(cv::Scalar::all(120));
    bars.add(frame);
  }
  EXPECT_EQ(bars.image(), cv::Rect(0, 20, 320, 140));
}

}  // namespace
}  // namespace genga::curate
