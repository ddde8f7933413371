// Tests of color conversion: profiles, CMYK, grey, 16 bits, alpha.
#include "image/color/color.h"

#include "image/encoder.h"
#include "image/test_images.h"

namespace genga::image {
namespace {

using ColorTest = ImageTest;

ImagePtr uniform(std::vector<double> value, VipsBandFormat format, VipsInterpretation meaning) {
  const ImagePtr black = make_image("test", [](VipsImage** dst) { return vips_black(dst, 20, 10, nullptr); });
  const std::vector<double> ones(value.size(), 1.0);
  const ImagePtr filled = make_image("test", [&](VipsImage** dst) {
    return vips_linear(black.get(), dst, ones.data(), value.data(), static_cast<int>(value.size()), nullptr);
  });
  const ImagePtr cast =
      make_image("test", [&](VipsImage** dst) { return vips_cast(filled.get(), dst, format, nullptr); });
  return make_image("test",
                    [&](VipsImage** dst) { return vips_copy(cast.get(), dst, "interpretation", meaning, nullptr); });
}

void save(const ImagePtr& image, const std::filesystem::path& path) {
  ASSERT_EQ(vips_image_write_to_file(image.get(), path.c_str(), nullptr), 0) << take_vips_error();
}

void attach_profile(const ImagePtr& image, const char* name) {
  VipsBlob* blob = nullptr;
  ASSERT_EQ(vips_profile_load(name, &blob, nullptr), 0);
  std::size_t size = 0;
  const void* data = vips_blob_get(blob, &size);
  vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, data, size);
  vips_area_unref(VIPS_AREA(blob));
}

std::vector<int> first_pixel(const std::filesystem::path& path) {
  RowReader reader(EncodedImage{path, {}}, {});
  const Rows rows = read_rows(reader);
  return {rows.begin(), rows.begin() + reader.channels()};
}

TEST_F(ColorTest, GreyBecomesThreeEqualChannels) {
  save(uniform({100}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W), file("grey.png"));
  EXPECT_EQ(first_pixel(file("grey.png")), (std::vector<int>(3, 100 * 257)));
  save(uniform({30000}, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_GREY16), file("grey16.png"));
  for (int v : first_pixel(file("grey16.png"))) EXPECT_NEAR(v, 30000, 1);
}

TEST_F(ColorTest, GreyWithAlphaKeepsItsAlpha) {
  save(uniform({100, 50}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W), file("a.png"));
  EXPECT_EQ(first_pixel(file("a.png")), (std::vector<int>{25700, 25700, 25700, 50 * 257}));
}

TEST_F(ColorTest, OneBitAndPaletteBecomeFullColors) {
  const ImagePtr white = uniform({255}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W);
  ASSERT_EQ(vips_tiffsave(white.get(), file("bit.tif").c_str(), "bitdepth", 1, nullptr), 0);
  EXPECT_EQ(first_pixel(file("bit.tif")), (std::vector<int>(3, 65535)));
  const ImagePtr red = uniform({200, 10, 10}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  ASSERT_EQ(vips_pngsave(red.get(), file("palette.png").c_str(), "palette", TRUE, nullptr), 0);
  EXPECT_EQ(first_pixel(file("palette.png")), (std::vector<int>{200 * 257, 2570, 2570}));
}

TEST_F(ColorTest, CmykIsConvertedWithAndWithoutAProfile) {
  const ImagePtr paper = uniform({0, 0, 0, 0}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_CMYK);
  save(paper, file("plain.jpg"));
  attach_profile(paper, "cmyk");
  save(paper, file("profile.jpg"));
  for (const char* name : {"plain.jpg", "profile.jpg"}) {
    for (int v : first_pixel(file(name))) EXPECT_GT(v, 62000) << name;
  }
  const ImagePtr cyan = uniform({255, 0, 0, 0}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_CMYK);
  save(cyan, file("cyan.tif"));
  const std::vector<int> pixel = first_pixel(file("cyan.tif"));
  EXPECT_LT(pixel[0], pixel[2] / 2);
}

TEST_F(ColorTest, LabIsConverted) {
  save(uniform({100, 0, 0}, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_LAB), file("lab.tif"));
  for (int v : first_pixel(file("lab.tif"))) EXPECT_GT(v, 65000);
}

TEST_F(ColorTest, AnSrgbProfileLeavesEverySampleAsItIs) {
  const ImagePtr image = uniform({17, 99, 203}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  attach_profile(image, "srgb");
  save(image, file("a.png"));
  EXPECT_EQ(first_pixel(file("a.png")), (std::vector<int>{17 * 257, 99 * 257, 203 * 257}));
}

TEST_F(ColorTest, AWideProfileIsConverted) {
  const ImagePtr image = uniform({10, 200, 30}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  attach_profile(image, "p3");
  save(image, file("a.png"));
  EXPECT_LT(first_pixel(file("a.png"))[0], 10 * 257) << "P3's green is outside sRGB";
}

TEST_F(ColorTest, ABrokenOrUnfittingProfileIsIgnored) {
  const ImagePtr image = uniform({17, 99, 203}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  attach_profile(image, "cmyk");
  save(image, file("unfitting.jpg"));
  EXPECT_NEAR(first_pixel(file("unfitting.jpg"))[2], 203 * 257, 700);
  vips_image_set_blob_copy(image.get(), VIPS_META_ICC_NAME, "not a profile", 13);
  save(image, file("broken.jpg"));
  EXPECT_NEAR(first_pixel(file("broken.jpg"))[2], 203 * 257, 700);
}

TEST_F(ColorTest, AnimatedImagesGiveTheirFirstFrame) {
  std::vector<VipsImage*> frames;
  const ImagePtr red = uniform({200, 0, 0}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  const ImagePtr blue = uniform({0, 0, 200}, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
  std::array both{red.get(), blue.get()};
  const ImagePtr strip =
      make_image("test", [&](VipsImage** dst) { return vips_arrayjoin(both.data(), dst, 2, "across", 1, nullptr); });
  for (const char* name : {"a.gif", "a.webp"}) {
    vips_image_set_int(strip.get(), VIPS_META_PAGE_HEIGHT, 10);
    save(strip, file(name));
    RowReader reader(EncodedImage{file(name), {}}, {});
    EXPECT_EQ(reader.info().height, 10) << name;
    EXPECT_EQ(reader.info().pages, 2) << name;
    EXPECT_GT(read_rows(reader)[0], 40000) << name;
  }
}

TEST_F(ColorTest, BmpAndPpmAreRead) {
  std::string bmp("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\4\0\0\0", 38);
  bmp += std::string(16, '\0') + std::string("\x1e\x14\x0a\0", 4);
  spill(file("a.bmp"), bmp);
  EXPECT_EQ(first_pixel(file("a.bmp")), (std::vector<int>{10 * 257, 20 * 257, 30 * 257}));
  spill(file("a.ppm"), std::string("P6 1 1 255\n\x0a\x14\x1e"));
  EXPECT_EQ(first_pixel(file("a.ppm")), (std::vector<int>{10 * 257, 20 * 257, 30 * 257}));
}

}  // namespace
}  // namespace genga::image
