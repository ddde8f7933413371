// Tests of metadata: EXIF, XMP, resolution and the comment reach the copy, orientation is applied once.
#include "image/metadata/metadata.h"

#include <algorithm>
#include <cstring>

#include "image/test_images.h"

namespace genga::image {
namespace {

using MetadataTest = ImageTest;

constexpr const char* kXmp = "<x:xmpmeta><rdf:Description tiff:Orientation=\"6\" dc:title=\"Moon\"/></x:xmpmeta>";

// A 20 x 10 JPEG, left half red, turned by `orientation`, as a camera would write it.
void write_photo(const std::filesystem::path& path, int orientation) {
  const ImagePtr black =
      make_image("test", [](VipsImage** dst) { return vips_black(dst, 20, 10, "bands", 3, nullptr); });
  const ImagePtr photo = make_image("test", [&](VipsImage** dst) {
    return vips_copy(black.get(), dst, "interpretation", VIPS_INTERPRETATION_sRGB, "xres", 11.811, "yres", 11.811,
                     nullptr);
  });
  const ImagePtr memory(vips_image_copy_memory(photo.get()));
  double red[] = {255, 0, 0};
  ASSERT_EQ(vips_draw_rect(memory.get(), red, 3, 0, 0, 10, 10, "fill", TRUE, nullptr), 0);
  vips_image_set_int(memory.get(), VIPS_META_ORIENTATION, orientation);
  vips_image_set_string(memory.get(), "exif-ifd0-Make", "Genga Camera");
  vips_image_set_string(memory.get(), "exif-ifd2-ExposureTime", "1/125");
  vips_image_set_blob_copy(memory.get(), VIPS_META_XMP_NAME, kXmp, std::strlen(kXmp));
  ASSERT_EQ(vips_jpegsave(memory.get(), path.c_str(), "Q", 95, nullptr), 0) << take_vips_error();
}

// What another program would see.
ImagePtr header_of(const std::filesystem::path& path) {
  return ImagePtr(vips_image_new_from_file(path.c_str(), nullptr));
}

std::string text_of(const ImagePtr& image, const char* field) {
  char* text = nullptr;
  if (vips_image_get_typeof(image.get(), field) == 0) return "";
  vips_image_get_as_string(image.get(), field, &text);
  const std::string result = text == nullptr ? "" : text;
  g_free(text);
  return result;
}

std::string xmp_of(const ImagePtr& image) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image.get(), VIPS_META_XMP_NAME) == 0) return "";
  vips_image_get_blob(image.get(), VIPS_META_XMP_NAME, &data, &size);
  return {static_cast<const char*>(data), size};
}

void copy_image(const std::filesystem::path& from, const std::filesystem::path& to, const WriteOptions& options = {}) {
  RowReader reader(EncodedImage{from, {}}, {});
  write_rows(to, reader.info(), read_rows(reader), options, reader.metadata());
}

TEST_F(MetadataTest, EveryOrientationIsAppliedAndResetInTheCopy) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    SCOPED_TRACE(orientation);
    write_photo(file("a.jpg"), orientation);
    RowReader reader(EncodedImage{file("a.jpg"), {}}, {});
    const bool sideways = orientation >= 5;
    ASSERT_EQ(reader.info().width, sideways ? 10 : 20);
    ASSERT_EQ(reader.info().height, sideways ? 20 : 10);
    const Rows rows = read_rows(reader);
    // Red begins left for 1 and 4, right for 2 and 3, at the top for 5 and 6, at the bottom for 7 and 8.
    const std::size_t width = static_cast<std::size_t>(reader.info().width);
    const std::size_t middle = (reader.info().height / 2) * width * 3;
    const std::size_t red_at = orientation == 1 || orientation == 4   ? middle
                               : orientation == 2 || orientation == 3 ? middle + (width - 1) * 3
                               : orientation == 5 || orientation == 6 ? 0
                                                                      : rows.size() - 3;
    EXPECT_GT(rows[red_at], 60000);
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](auto v) { return v > 40000; }), 100) << "half is red";
    copy_image(file("a.jpg"), file("b.jpg"));
    const ImagePtr header = header_of(file("b.jpg"));
    EXPECT_EQ(vips_image_get_orientation(header.get()), 1);
    EXPECT_EQ(text_of(header, "exif-ifd0-Orientation").substr(0, 1), "1");
  }
}

TEST_F(MetadataTest, ExifXmpAndResolutionReachTheFormatsThatHaveThem) {
  write_photo(file("a.jpg"), 6);
  for (const char* name : {"b.jpg", "b.png", "b.webp"}) {
    copy_image(file("a.jpg"), file(name));
    const ImagePtr header = header_of(file(name));
    EXPECT_EQ(text_of(header, "exif-ifd0-Make").substr(0, 12), "Genga Camera") << name;
    EXPECT_NE(text_of(header, "exif-ifd2-ExposureTime"), "") << name;
    EXPECT_NE(xmp_of(header).find("Moon"), std::string::npos) << name;
    EXPECT_NE(vips_image_get_typeof(header.get(), VIPS_META_ICC_NAME), 0U) << name;
  }
  EXPECT_NEAR(vips_image_get_xres(header_of(file("b.jpg")).get()), 11.811, 0.01);
}

TEST_F(MetadataTest, ExifReachesJpegXlFromLibvips8_16On) {
  if (!find_format("jxl")->can_write) GTEST_SKIP() << "this libvips does not write JPEG XL";
  if (vips_version(0) * 100 + vips_version(1) < 816) GTEST_SKIP() << "this libvips writes none";
  write_photo(file("a.jpg"), 6);
  copy_image(file("a.jpg"), file("b.jxl"));
  const ImagePtr header = header_of(file("b.jxl"));
  EXPECT_EQ(text_of(header, "exif-ifd0-Make").substr(0, 12), "Genga Camera");
  EXPECT_NE(xmp_of(header).find("Moon"), std::string::npos);
  EXPECT_LE(vips_image_get_orientation(header.get()), 1) << "the rows are upright already";
}

TEST_F(MetadataTest, OrientationInXmpIsResetToo) {
  write_photo(file("a.jpg"), 6);
  copy_image(file("a.jpg"), file("b.jpg"));
  EXPECT_NE(xmp_of(header_of(file("b.jpg"))).find("tiff:Orientation=\"1\""), std::string::npos);
}

TEST_F(MetadataTest, TheCommentIsStoredAndACaptionIsKept) {
  const Info info = info_of(8, 8);
  const WriteOptions options{.comment = "style pepper, CC BY 4.0"};
  for (const char* name : {"a.jpg", "a.webp", "a.tif", "a.png", "a.avif"}) {
    if (!find_format(name)->can_write) continue;  // AVIF, where libheif has no encoder
    write_rows(file(name), info, make_rows(info), options);
    const ImagePtr header = header_of(file(name));
    const std::string all = text_of(header, "exif-ifd0-ImageDescription") +
                            text_of(header, VIPS_META_IMAGEDESCRIPTION) + text_of(header, "png-comment-900-Comment") +
                            text_of(header, "png-comment-0-Comment");
    EXPECT_NE(all.find("style pepper"), std::string::npos) << name;
  }
  copy_image(file("a.jpg"), file("b.jpg"), {.comment = "another"});
  const ImagePtr header = header_of(file("b.jpg"));
  EXPECT_NE(text_of(header, "exif-ifd0-ImageDescription").find("style pepper"), std::string::npos);
  EXPECT_NE(text_of(header, "exif-ifd0-XPComment").find("another"), std::string::npos);
  EXPECT_NE(text_of(header, "exif-ifd2-UserComment").find("style pepper"), std::string::npos);
}

TEST_F(MetadataTest, WithoutMetadataNothingIsLeft) {
  write_photo(file("a.jpg"), 1);
  for (const char* name : {"b.jpg", "b.png", "b.webp", "b.tif", "b.avif", "b.jxl"}) {
    if (!find_format(name)->can_write) continue;  // AVIF, where libheif has no encoder
    copy_image(file("a.jpg"), file(name), {.metadata = false});
    const std::string bytes = slurp(file(name));
    EXPECT_EQ(bytes.find("Genga Camera"), std::string::npos) << name;
    EXPECT_EQ(bytes.find("Moon"), std::string::npos) << name;
    EXPECT_EQ(text_of(header_of(file(name)), "exif-ifd2-ExposureTime"), "") << name;
  }
}

}  // namespace
}  // namespace genga::image
