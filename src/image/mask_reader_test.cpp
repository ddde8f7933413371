// Tests of masks: size, feather, transparency, and that memory stays flat.
#include <vips/vips.h>

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

TEST_F(MaskReaderTest, NonsenseFeatherIsRefused) {
  write_mask("m.png", 4, 4);
  EXPECT_THROW(read_mask("m.png", 4, 4, -1), Error);
  EXPECT_THROW(read_mask("m.png", 4, 4, std::nan("")), Error);
}

}  // namespace
}  // namespace genga::image
