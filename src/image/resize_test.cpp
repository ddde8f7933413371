// Tests of sizes: what a TargetSize means, shrinking while a JPEG is decoded, Lanczos-3 with alpha.
#include "image/resize.h"

#include "image/test_images.h"

namespace genga::image {
namespace {

using ResizeTest = ImageTest;

ResizePlan plan(int width, int height, int want_w, int want_h, Fit fit) {
  return plan_resize(width, height, {.width = want_w, .height = want_h, .long_side = 0, .fit = fit});
}

TEST_F(ResizeTest, CoverFillsTheWantedSizeExactlyForManyShapes) {
  for (int w = 1; w < 400; w += 37) {
    for (int h = 1; h < 400; h += 41) {
      const ResizePlan p = plan(w, h, 123, 77, Fit::kCover);
      EXPECT_EQ(p.final_width, 123);
      EXPECT_EQ(p.final_height, 77);
      EXPECT_GE(p.width, 123);
      EXPECT_GE(p.height, 77);
      EXPECT_TRUE(p.width == 123 || p.height == 77);
    }
  }
}

TEST_F(ResizeTest, ContainStaysInsideAndTouchesOneSide) {
  for (int w = 1; w < 400; w += 37) {
    for (int h = 1; h < 400; h += 41) {
      const ResizePlan p = plan(w, h, 123, 77, Fit::kContain);
      EXPECT_LE(p.width, 123);
      EXPECT_LE(p.height, 77);
      EXPECT_TRUE(p.width == 123 || p.height == 77);
      EXPECT_GE(std::min(p.width, p.height), 1);
    }
  }
}

TEST_F(ResizeTest, CropKeepsThePartAroundItsPoint) {
  const auto left = [](double x) {
    return plan_resize(400, 100, {.width = 100, .height = 100, .crop = {.x = x, .y = 0.9}}).left;
  };
  EXPECT_EQ(left(0), 0);
  EXPECT_EQ(left(0.25), 50);
  EXPECT_EQ(left(0.5), 150);
  EXPECT_EQ(left(1), 300);
  EXPECT_EQ(plan_resize(400, 100, {.width = 100, .height = 100, .crop = {.x = 0, .y = 0.9}}).top, 0);
}

TEST_F(ResizeTest, AttentionFindsTheOneThingThereIs) {
  for (const int at : {20, 320}) {  // a red square on grey
    Rows rows;
    for (int y = 0; y < 100; ++y) {
      for (int x = 0; x < 400; ++x) {
        const bool inside = x >= at && x < at + 50 && y >= 25 && y < 75;
        for (int c = 0; c < 3; ++c) {
          rows.push_back(static_cast<std::uint16_t>(257 * (inside ? (c == 0 ? 230 : 40) : 128)));
        }
      }
    }
    write_rows(file("a.png"), info_of(400, 100), rows);
    const RowReader reader(EncodedImage{file("a.png"), {}},
                           {.size = {.width = 50, .height = 50, .crop = {.attention = true}}});
    EXPECT_EQ(reader.info().whole_width, 200);
    EXPECT_NEAR(reader.info().left + 25, (at + 25) / 2, 20) << at;
  }
}

TEST_F(ResizeTest, LongSideKeepsTheAspect) {
  const ResizePlan p = plan_resize(4000, 3000, {.width = 0, .height = 0, .long_side = 1000});
  EXPECT_EQ(p.width, 1000);
  EXPECT_EQ(p.height, 750);
  EXPECT_EQ(plan_resize(1, 10000, {.width = 0, .height = 0, .long_side = 100}).width, 1);
}

TEST_F(ResizeTest, NonsenseSizesAreRefused) {
  EXPECT_THROW(plan(4, 4, -1, 5, Fit::kCover), Error);
  EXPECT_THROW(plan(4, 4, 5, 0, Fit::kCover), Error);
  EXPECT_THROW(plan_resize(4, 4, {.width = 0, .height = 0, .long_side = -3}), Error);
}

TEST_F(ResizeTest, JpegShrinkLeavesAFactorOfTwo) {
  EXPECT_EQ(jpeg_shrink(4000, 4000, {2001, 2001, 2001, 2001}), 1);
  EXPECT_EQ(jpeg_shrink(4000, 4000, {1000, 1000, 1000, 1000}), 2);
  EXPECT_EQ(jpeg_shrink(4000, 4000, {100, 100, 100, 100}), 8);
  EXPECT_EQ(jpeg_shrink(4000, 4000, {100, 4000, 100, 4000}), 1);
}

TEST_F(ResizeTest, ReadingInAnotherSizeGivesThatSizeAndTheSameImage) {
  const Info info = info_of(640, 480);
  for (const char* name : {"a.jpg", "a.png", "a.webp"}) {
    write_rows(file(name), info, make_rows(info));
    for (const auto& [w, h] : {std::pair{64, 48}, {100, 75}, {1280, 960}, {640, 480}, {33, 7}, {1, 1}}) {
      const Image image = read_image({file(name), {}}, {.size = {.width = w, .height = h, .fit = Fit::kStretch}});
      ASSERT_EQ(image.width, w);
      ASSERT_EQ(image.height, h);
      if (w == 1) continue;
      EXPECT_NEAR(image.rgb[2], 76, 8) << name << " " << w << ": blue is 0.3 on the left";
      EXPECT_NEAR(image.rgb[static_cast<std::size_t>(w) * 3 - 1], 204, 8)
          << name << " " << w << ": and 0.8 on the right";
    }
  }
}

TEST_F(ResizeTest, CoverCropsTheMiddle) {
  const Info info = info_of(300, 100);
  Rows rows;
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 300; ++x) rows.insert(rows.end(), 3, static_cast<std::uint16_t>(x / 100 == 1 ? 65535 : 0));
  }
  write_rows(file("a.png"), info, rows);
  const Image image = read_image({file("a.png"), {}}, {.size = {.width = 50, .height = 50}});
  ASSERT_EQ(image.rgb.size(), 50U * 50 * 3);
  EXPECT_GT(image.rgb[25 * 50 * 3 + 6], 250);
  EXPECT_GT(image.rgb[26 * 50 * 3 - 6], 250);
}

TEST_F(ResizeTest, TransparentColorsDoNotBleed) {
  const Info info = info_of(64, 64, 8, true);
  Rows rows;
  for (int i = 0; i < 64 * 64; ++i) {
    const bool opaque = i % 64 < 31;
    rows.insert(rows.end(),
                {opaque ? std::uint16_t{65535} : std::uint16_t{0}, opaque ? std::uint16_t{0} : std::uint16_t{65535}, 0,
                 opaque ? std::uint16_t{65535} : std::uint16_t{0}});
  }
  write_rows(file("a.png"), info, rows);
  const Rows small = read_rows(file("a.png"), {.size = {.width = 16, .height = 16}});
  for (std::size_t i = 0; i < small.size(); i += 4) {
    EXPECT_TRUE(small[i + 3] < 2000 || small[i + 1] < 3000) << "green shines through at " << i / 4;
  }
}

TEST_F(ResizeTest, AWholeImageIsResizedToo) {
  const Image red{.width = 3, .height = 2, .rgb = {200, 0, 0, 200, 0, 0, 200, 0, 0, 200, 0, 0, 200, 0, 0, 200, 0, 0}};
  const Image big = resize(red, 31, 17);
  EXPECT_EQ(big.rgb.size(), 31U * 17 * 3);
  EXPECT_EQ(big.rgb[0], 200);
  EXPECT_EQ(resize(red, 3, 2).rgb, red.rgb);
  EXPECT_THROW(resize(red, 0, 2), Error);
  EXPECT_THROW(resize(Image{}, 4, 4), Error);
}

}  // namespace
}  // namespace genga::image
