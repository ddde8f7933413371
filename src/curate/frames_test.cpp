#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "curate/frame_measures.h"
#include "curate/scenes.h"
#include "curate/test_pages.h"
#include "data/test_folder.h"
#include "genga/cut.h"
#include "genga/manifest.h"
#include "genga/video.h"

namespace genga::curate {
namespace {

constexpr int kWidth = 320, kHeight = 180, kBar = 22;
constexpr int kShot = 38;  // frames

/// A camera that moves over a drawn picture.
class Shot {
 public:
  explicit Shot(std::uint64_t seed) : rng_(seed, 9), picture_(drawn_picture(480, kHeight - 2 * kBar, rng_)) {}
  cv::Mat frame(int i) const { return picture_(cv::Rect(2 * i, 0, kWidth, picture_.rows)); }

 private:
  Rng rng_;
  cv::Mat picture_;
};

cv::Mat title() {
  cv::Mat frame = cv::Mat::zeros(kHeight, kWidth, CV_8UC3);
  cv::putText(frame, "Drawn by", {90, 70}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar::all(240), 1, cv::LINE_AA);
  cv::putText(frame, "Someone and others", {60, 110}, cv::FONT_HERSHEY_SIMPLEX, 0.6, cv::Scalar::all(240), 1,
              cv::LINE_AA);
  return frame;
}

class Film {
 public:
  explicit Film(const std::filesystem::path& path) : writer_(path, kWidth, kHeight, {}) {}
  /// With black bars above and below.
  void add(const cv::Mat& picture) {
    cv::Mat frame = cv::Mat::zeros(kHeight, kWidth, CV_8UC3);
    picture.copyTo(frame(cv::Rect(0, picture.rows < kHeight ? kBar : 0, kWidth, picture.rows)));
    writer_.write(to_image(frame));
  }
  void shot(const Shot& shot, int first = 0, int n = kShot) {
    for (int i = first; i < first + n; ++i) add(shot.frame(i));
  }
  void finish() { writer_.finish(); }

 private:
  video::FilmWriter writer_;
};

/// Five shots; in it a flash, a dissolve, black, a title, and the first shot again.
void write_film(const std::filesystem::path& path) {
  Film film(path);
  const Shot a(1), b(2), c(3), d(4), e(5);
  film.shot(a);
  film.shot(b, 0, 16);
  for (int i = 0; i < 3; ++i) film.add(cv::Mat(kHeight - 2 * kBar, kWidth, CV_8UC3, cv::Scalar::all(255)));
  film.shot(b, 16, kShot - 16);
  film.shot(c);
  for (int i = 0; i < 20; ++i) {
    cv::Mat mix;
    cv::addWeighted(c.frame(kShot), 1 - (i + 0.5) / 20, d.frame(0), (i + 0.5) / 20, 0, mix);
    film.add(mix);
  }
  film.shot(d);
  for (int i = 0; i < 15; ++i) film.add(cv::Mat::zeros(kHeight, kWidth, CV_8UC3));
  for (int i = 0; i < kShot; ++i) film.add(title());
  film.shot(e);
  film.shot(a);
  film.finish();
}

TEST(Frames, TakeOnePictureOfEachSceneWithoutBarsTitlesAndRepeats) {
  image::init(1);
  const data::TestFolder folder;
  write_film(folder.path() / "film.mp4");
  const CutOptions cut{.output = folder.path() / "out", .threads = 1};
  const FrameOptions options{.provenance = {.licence = "CC-BY-4.0", .author = "A. Painter"}};
  const CutReport report = cut_frames({folder.path() / "film.mp4"}, options, cut);
  EXPECT_EQ(report.pictures, 5);
  EXPECT_EQ(report.left_out.at("like an earlier picture"), 1);
  EXPECT_GE(report.left_out.at("credits or title"), 1);
  const data::Manifest manifest = data::read_manifest(cut.output);
  ASSERT_EQ(manifest.entries.size(), 5U);
  const int starts[] = {0, 38, 79, 137, 228};  // frames of the five shots; the last ones after black and title
  for (std::size_t i = 0; i < 5; ++i) {
    const data::Entry& entry = manifest.entries[i];
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
  EXPECT_EQ(cut_frames({folder.path() / "film.mp4"}, options, cut).done_before, 1);
  EXPECT_THROW(cut_frames({folder.path() / "film.mp4"}, {.per_scene = 2}, cut), Error) << "other options";
}

TEST(Frames, AreTakenAtIntervalsWithinAStretch) {
  image::init(1);
  const data::TestFolder folder;
  write_film(folder.path() / "film.mp4");
  const CutOptions cut{.output = folder.path() / "out", .threads = 1};
  const FrameOptions options{.start_s = 1, .end_s = 4, .every_s = 0.5, .duplicate_bits = -1};
  const CutReport report = cut_frames({folder.path() / "film.mp4"}, options, cut);
  EXPECT_EQ(report.pictures, 7);
  for (const data::Entry& entry : data::read_manifest(cut.output).entries) {
    EXPECT_GE(*entry.origin->time_s, 0.99);
    EXPECT_LE(*entry.origin->time_s, 4.01);
  }
}

TEST(Frames, OfAFilmCutShortAreTakenAsFarAsItGoes) {
  image::init(1);
  const data::TestFolder folder;
  const auto path = folder.path() / "film.mkv";
  write_film(path);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const CutReport report = cut_frames({path}, {}, {.output = folder.path() / "out", .threads = 1});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_GE(report.pictures, 2);
  EXPECT_LE(report.pictures, 4);
}

TEST(Frames, CombingIsSeenAndTakenAway) {
  Rng rng(4, 4);
  const cv::Mat picture = drawn_picture(360, 240, rng);
  const cv::Mat now = picture(cv::Rect(0, 0, 320, 240)), later = picture(cv::Rect(8, 0, 320, 240));
  cv::Mat woven = now.clone();
  for (int y = 1; y < woven.rows; y += 2) later.row(y).copyTo(woven.row(y));
  EXPECT_LT(combing(now), kCombed);
  EXPECT_GT(combing(woven), kCombed);
  const cv::Mat mended = without_combing(woven);
  EXPECT_LT(combing(mended), combing(woven) / 5);
  EXPECT_LT(cv::norm(mended, now, cv::NORM_L1), cv::norm(woven, now, cv::NORM_L1) * 0.7);
}

TEST(Frames, TextOnPlainGroundIsToldFromPictures) {
  Rng rng(4, 5);
  EXPECT_TRUE(is_text_screen(title()));
  cv::Mat white = 255 - title();
  EXPECT_TRUE(is_text_screen(white));
  EXPECT_FALSE(is_text_screen(drawn_picture(320, 180, rng)));
  cv::Mat figure(180, 320, CV_8UC3, cv::Scalar(120, 180, 240));
  cv::ellipse(figure, {160, 100}, {30, 60}, 0, 0, 360, {40, 60, 90}, -1);
  EXPECT_FALSE(is_text_screen(figure));
}

TEST(Frames, BarsOfDarkFilmsAreNotWiderThanTheyAre) {
  BarFinder bars;
  for (int i = 0; i < 40; ++i) {
    cv::Mat frame = cv::Mat::zeros(180, 320, CV_8UC3);
    // The upper half of the picture is seen in every fifth frame only.
    frame(cv::Rect(0, i % 5 == 0 ? 20 : 90, 320, i % 5 == 0 ? 140 : 70)).setTo(cv::Scalar::all(120));
    bars.add(frame);
  }
  EXPECT_EQ(bars.picture(), cv::Rect(0, 20, 320, 140));
}

}  // namespace
}  // namespace genga::curate
