// Tests of optical flow and of the warping error of moving textures and videos.
#include "eval/measures/warping.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "eval/test_images.h"
#include "genga/error.h"

namespace genga::eval {
namespace {

namespace fs = std::filesystem;

Plane moved_texture(int w, int h, double u, double v) {
  Plane plane(w, h);
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) plane.at(x, y) = static_cast<float>(texture(x - u, y - v));
  }
  return plane;
}

double mean_error(const OpticalFlow& flow, double u, double v, int margin) {
  double sum = 0;
  int n = 0;
  for (int y = margin; y < flow.u.height - margin; ++y) {
    for (int x = margin; x < flow.u.width - margin; ++x, ++n) {
      sum += std::hypot(flow.u.at(x, y) - u, flow.v.at(x, y) - v);
    }
  }
  return sum / n;
}

TEST(OpticalFlow, FindsTheMotionOfATextureToATenthOfAPixel) {
  const Plane still = moved_texture(128, 96, 0, 0);
  EXPECT_LT(mean_error(dense_flow(still, still), 0, 0, 0), 1e-3);
  for (const auto& [u, v] : {std::pair(0.4, -0.3), std::pair(3.3, -1.7), std::pair(-7.5, 5.25)}) {
    EXPECT_LT(mean_error(dense_flow(still, moved_texture(128, 96, u, v)), u, v, 16), 0.1) << u << " " << v;
  }
}

TEST(OpticalFlow, WarpBringsTheSecondFrameBack) {
  const Plane first = moved_texture(128, 96, 0, 0);
  const Plane second = moved_texture(128, 96, 4, 2);
  const Plane back = warp(second, dense_flow(first, second));
  for (int y = 16; y < 80; ++y) {
    for (int x = 16; x < 112; ++x) ASSERT_NEAR(back.at(x, y), first.at(x, y), 0.03) << x << " " << y;
  }
}

TEST(OpticalFlow, WhatIsHiddenIsNotTrusted) {
  // A disc moves 8 px to the right before a still background.
  const auto frame = [](double left) {
    return luma(draw(128, 96, [=](double x, double y) {
      return std::hypot(x - left - 40, y - 48) < 20 ? texture(2 * (x - left), 2 * y) : 0.7 * texture(y, x) + 0.3;
    }));
  };
  const Plane before = frame(0);
  const Plane now = frame(8);
  const Plane mask = trusted(dense_flow(now, before), dense_flow(before, now));
  EXPECT_EQ(mask.at(48, 48), 1);   // inside the disc
  EXPECT_EQ(mask.at(110, 20), 1);  // background
  int untrusted = 0;
  for (int y = 44; y < 52; ++y) {
    for (int x = 20; x < 28; ++x) untrusted += mask.at(x, y) == 0 ? 1 : 0;  // just uncovered
  }
  EXPECT_GT(untrusted, 32);
}

class VideoTest : public ::testing::Test {
 protected:
  VideoTest() {
    std::string name = (fs::temp_directory_path() / "genga_eval_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~VideoTest() override { fs::remove_all(folder_); }

  /// Grey YUV4MPEG2 video, full range.
  template <typename Value>
  fs::path write_video(const std::string& name, int n, Value value) {
    std::ofstream video(folder_ / name, std::ios::binary);
    video << "YUV4MPEG2 W128 H96 F25:1 Ip A1:1 Cmono XCOLORRANGE=FULL\n";
    for (int i = 0; i < n; ++i) {
      video << "FRAME\n";
      for (int y = 0; y < 96; ++y) {
        for (int x = 0; x < 128; ++x) video.put(static_cast<char>(std::lround(255 * value(i, x, y))));
      }
    }
    return folder_ / name;
  }

  fs::path folder_;
};

image::Image same(const image::Image& image) {
  return image;
}

TEST_F(VideoTest, MotionAloneIsNoWarpingError) {
  const auto video = read_video(
      write_video("move.y4m", 4, [](int i, int x, int y) { return texture(x - 2.5 * i, y + i); }), 128, 60, nullptr);
  EXPECT_EQ(video.frames.size(), 4U);
  EXPECT_EQ(video.n_cuts, 0);
  EXPECT_LT(warping_error(video, same), 1);
}

TEST_F(VideoTest, FlickerIsTheWarpingError) {
  const auto video = read_video(write_video("move.y4m", 5, [](int i, int x, int y) { return 0.7 * texture(x - i, y); }),
                                128, 60, nullptr);
  int n = 0;
  const double error = warping_error(video, [&](const image::Image& image) {
    image::Image brighter = image;
    for (auto& value : brighter.rgb) value = static_cast<std::uint8_t>(value + 10 * (n % 2));
    ++n;
    return brighter;
  });
  EXPECT_NEAR(error, 10, 0.5);
}

TEST_F(VideoTest, CutsAndFramesBeyondTheCapDoNotCount) {
  const auto path = write_video("cut.y4m", 8, [](int i, int x, int y) {
    return i < 2 ? texture(x, y) : 0.5 + 0.4 * std::sin(0.9 * x * std::sin(0.1 * y)) * std::cos(0.01 * x * y);
  });
  const auto video = read_video(path, 128, 4, nullptr);
  EXPECT_EQ(video.frames.size(), 4U);
  EXPECT_EQ(video.n_cuts, 1);
  EXPECT_LT(warping_error(video, same), 0.5);
}

TEST_F(VideoTest, OneFrameIsNoVideo) {
  const auto path = write_video("one.y4m", 1, [](int, int x, int y) { return texture(x, y); });
  EXPECT_THROW(read_video(path, 128, 60, nullptr), Error);
}

}  // namespace
}  // namespace genga::eval
