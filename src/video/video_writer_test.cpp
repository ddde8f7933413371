// Tests of writing H.264: what is written comes back with its times and colors.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "genga/error.h"
#include "genga/video.h"

namespace genga::video {
namespace {

namespace fs = std::filesystem;

/// Left half one color that changes with the frame, right half another that stays.
image::Image image(int width, int height, int i) {
  image::Image result{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto level = static_cast<std::uint8_t>(40 + 20 * i);
      if (x < width / 2) {
        result.rgb.insert(result.rgb.end(), {level, 60, 200});
      } else {
        result.rgb.insert(result.rgb.end(), {250, 180, 20});
      }
    }
  }
  return result;
}

class VideoWriterTest : public ::testing::Test {
 protected:
  VideoWriterTest() {
    std::string name = (fs::temp_directory_path() / "genga_video_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~VideoWriterTest() override { fs::remove_all(folder_); }

  void write_video(const fs::path& path, int width, int height, int n, const WriteOptions& options) {
    VideoWriter video(path, width, height, options);
    for (int i = 0; i < n; ++i) video.write(image(width, height, i));
    video.finish();
  }

  std::string error_of(const fs::path& path, int width, int height, const WriteOptions& options) {
    try {
      VideoWriter(path, width, height, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(VideoWriterTest, WhatIsWrittenComesBackWithItsTimesAndColors) {
  for (const char* name : {"a.mp4", "a.mov", "a.mkv", "A.MP4"}) {
    SCOPED_TRACE(name);
    write_video(folder_ / name, 64, 48, 9, {.frames_per_s = 12.5, .threads = 1});
    VideoReader video(folder_ / name);
    EXPECT_EQ(video.info().codec, "h264");
    EXPECT_EQ(video.info().width, 64);
    EXPECT_EQ(video.info().height, 48);
    EXPECT_NEAR(video.info().frames_per_s, 12.5, 0.01);
    int n = 0;
    for (auto frame = video.next(); frame; frame = video.next(), ++n) {
      EXPECT_NEAR(frame->time_s, 0.08 * n, 0.002);
      const auto pixel = [&](int x, std::size_t c) {
        return frame->image.rgb.at(3 * (24 * 64 + static_cast<std::size_t>(x)) + c);
      };
      const image::Image expected = image(64, 48, n);
      for (const int x : {12, 50}) {
        for (std::size_t c = 0; c < 3; ++c) {
          EXPECT_NEAR(pixel(x, c), expected.rgb[3 * (24 * 64 + static_cast<std::size_t>(x)) + c], 6) << n << ' ' << x;
        }
      }
    }
    EXPECT_EQ(n, 9);
  }
}

TEST_F(VideoWriterTest, OddSizesRepeatTheirEdge) {
  write_video(folder_ / "odd.mkv", 33, 17, 2, {.quality = 5, .threads = 1});
  VideoReader video(folder_ / "odd.mkv");
  EXPECT_EQ(video.info().width, 34);
  EXPECT_EQ(video.info().height, 18);
  const auto frame = video.next();
  ASSERT_TRUE(frame);
  EXPECT_NEAR(frame->image.rgb[3 * (17 * 34 + 33)], 250, 6);
}

TEST_F(VideoWriterTest, LeavesNothingBehindUnlessFinished) {
  {
    VideoWriter video(folder_ / "a.mp4", 32, 32, {.threads = 1});
    video.write(image(32, 32, 0));
    EXPECT_THROW(video.write(image(30, 32, 0)), Error);
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(VideoWriterTest, SaysWhatIsWrong) {
  EXPECT_NE(error_of(folder_ / "a.avi", 32, 32, {}).find("suffix was expected to be .mp4"), std::string::npos);
  EXPECT_NE(error_of(folder_ / "a.mp4", 0, 32, {}).find("0 x 32 pixels"), std::string::npos);
  EXPECT_NE(error_of(folder_ / "a.mp4", 32, 32, {.frames_per_s = 0}).find("0 frames a second"), std::string::npos);
  EXPECT_NE(error_of(folder_ / "none" / "a.mp4", 32, 32, {}).find("none/a.mp4"), std::string::npos);
}

}  // namespace
}  // namespace genga::video
