// Tests of masks: size, feather, transparency, and that memory stays flat.
#include <vips/vips.h>

#include <array>
#include <numeric>

#include "image/test_images.h"

namespace genga::image {
namespace {

class MaskReaderTest : public ImageTest {
 protected:
  // White right half.
  void write_mask(const std::string& name, int width, int height) {
    Rows rows;
    for (int i = 0; i < width * height; ++i) rows.insert(rows.end(), 3, i % width >= width / 2 ? 65535 : 0);
    write_rows(file(name), info_of(width, height), rows);
  }
  std::vector<float> read_mask(const std::string& name, int width, int height, double feather) {
    MaskReader reader(EncodedImage{file(name), {}}, width, height, feather);
    std::vector<float> mask(static_cast<std::size_t>(width * height));
    for (int y = 0; y < height; ++y) reader.read(std::span(mask).subspan(static_cast<std::size_t>(y * width), width));
    return mask;
  }
};

TEST_F(MaskReaderTest, OwnSizeWithoutFeatherIsTheFile) {
  write_mask("m.png", 10, 4);
  const std::vector<float> mask = read_mask("m.png", 10, 4, 0);
  for (std::size_t i = 0; i < mask.size(); ++i) EXPECT_EQ(mask[i], i % 10 >= 5 ? 1.0F : 0.0F);
}

TEST_F(MaskReaderTest, IsStretchedToTheImagesSize) {
  write_mask("m.png", 10, 4);
  const std::vector<float> mask = read_mask("m.png", 200, 300, 0);
  EXPECT_EQ(mask[0], 0);
  EXPECT_EQ(mask[199], 1);
  EXPECT_EQ(mask[299 * 200 + 199], 1);
}

// Within what half a pixel changes, by which libvips moves an enlarged image.
TEST_F(MaskReaderTest, FeatherIsAGaussianOfTheWantedWidth) {
  write_mask("m.png", 400, 60);
  for (double sigma : {2.0, 5.0, 20.0}) {
    const std::vector<float> mask = read_mask("m.png", 400, 60, sigma);
    for (int dx : {-30, -10, -3, 0, 3, 10, 30}) {
      const double expected = 0.5 * (1 + std::erf((dx + 0.5) / sigma / std::sqrt(2.0)));
      EXPECT_NEAR(mask[static_cast<std::size_t>(30 * 400 + 200 + dx)], expected, 0.05) << sigma << " " << dx;
    }
  }
}

TEST_F(MaskReaderTest, GivesThePartThatIsAskedFor) {
  write_mask("m.png", 10, 4);
  MaskReader reader(EncodedImage{file("m.png"), {}}, 10, 4, 0);
  reader.crop(3, 1, 4);
  std::vector<float> part(4 * 3);
  reader.read(part);
  for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], i % 4 >= 2 ? 1.0F : 0.0F);
  EXPECT_THROW(reader.crop(7, 0, 4), Error);
}

TEST_F(MaskReaderTest, StaysBetweenZeroAndOne) {
  write_mask("m.png", 64, 64);
  for (double feather : {0.0, 3.0, 9.0}) {
    for (float v : read_mask("m.png", 501, 333, feather)) ASSERT_TRUE(v >= 0 && v <= 1) << v;
  }
}

TEST_F(MaskReaderTest, NeverHoldsTheWholeMask) {
  write_mask("m.png", 40, 30);
  for (double feather : {0.0, 2.0, 5.0}) {
    const std::size_t before = vips_tracked_get_mem();
    MaskReader reader(EncodedImage{file("m.png"), {}}, 2000, 1500, feather);
    EXPECT_LT(vips_tracked_get_mem(), before + (std::size_t{2} << 20)) << feather;
    std::vector<float> rows(2000 * 1500);
    reader.read(rows);
    EXPECT_EQ(rows.front(), 0);
    EXPECT_EQ(rows.back(), 1);
  }
}

TEST_F(MaskReaderTest, OneDrawnBeforeThePhotoWasTurnedIsTurned) {
  write_mask("m.png", 20, 10);  // white right half
  for (int orientation = 5; orientation <= 8; ++orientation) {
    MaskReader reader(EncodedImage{file("m.png"), {}}, 10, 20, 0, kDefaultMaxPixels, orientation);
    ASSERT_EQ(reader.notes().size(), 1U);
    EXPECT_NE(reader.notes()[0].find("turned"), std::string::npos);
    std::vector<float> mask(10 * 20);
    reader.read(mask);
    const bool white_below = orientation == 5 || orientation == 6;  // the right side comes to the bottom
    EXPECT_EQ(mask.front(), white_below ? 0 : 1) << orientation;
    EXPECT_EQ(mask.back(), white_below ? 1 : 0) << orientation;
  }
}

TEST_F(MaskReaderTest, AnotherShapeIsSaid) {
  write_mask("m.png", 20, 10);
  for (const auto& [width, height, notes] : {std::array{40, 20, 0}, {41, 20, 0}, {10, 20, 1}, {20, 20, 1}}) {
    MaskReader reader(EncodedImage{file("m.png"), {}}, width, height, 0);
    EXPECT_EQ(reader.notes().size(), static_cast<std::size_t>(notes)) << width << " x " << height;
  }
}

TEST_F(MaskReaderTest, TransparentPartsMakeAlphaTheMask) {
  Rows rows;  // dark, opaque in the left half
  for (int i = 0; i < 10 * 4; ++i) {
    for (int v : {5140, 5140, 5140, i % 10 < 5 ? 65535 : 0}) rows.push_back(static_cast<std::uint16_t>(v));
  }
  write_rows(file("m.png"), info_of(10, 4, 8, true), rows);
  MaskReader reader(EncodedImage{file("m.png"), {}}, 10, 4, 0);
  ASSERT_EQ(reader.notes().size(), 1U);
  std::vector<float> mask(10 * 4);
  reader.read(mask);
  for (std::size_t i = 0; i < mask.size(); ++i) EXPECT_EQ(mask[i], i % 10 < 5 ? 1.0F : 0.0F);
  for (std::size_t i = 3; i < rows.size(); i += 4) rows[i] = 65535;
  write_rows(file("m.png"), info_of(10, 4, 8, true), rows);
  EXPECT_TRUE(MaskReader(EncodedImage{file("m.png"), {}}, 10, 4, 0).notes().empty()) << "opaque: its colors";
}

TEST_F(MaskReaderTest, NonsenseFeatherIsRefused) {
  write_mask("m.png", 4, 4);
  EXPECT_THROW(read_mask("m.png", 4, 4, -1), Error);
  EXPECT_THROW(read_mask("m.png", 4, 4, std::nan("")), Error);
}

}  // namespace
}  // namespace genga::image
