// Tests of the table of formats: names, suffixes, and that it says what this libvips can write.
#include "image/test_images.h"

namespace genga::image {
namespace {

using FormatsTest = ImageTest;

TEST_F(FormatsTest, AreFoundBySuffixNameAndPathInAnyCase) {
  for (const char* word : {"jpeg", "jpg", ".JPG", "photo.old.JpEg", "folder.png/a.jpe"}) {
    ASSERT_NE(find_format(word), nullptr) << word;
    EXPECT_EQ(find_format(word)->name, "jpeg") << word;
  }
  EXPECT_EQ(find_format("webq"), nullptr);
  EXPECT_EQ(find_format(""), nullptr);
  EXPECT_EQ(find_format("."), nullptr);
}

TEST_F(FormatsTest, ImagesAreToldFromOtherFilesBySuffix) {
  EXPECT_TRUE(looks_like_image("a/b.JPEG"));
  EXPECT_TRUE(looks_like_image("b.avif"));
  EXPECT_FALSE(looks_like_image("a.jpg/notes"));
  EXPECT_FALSE(looks_like_image("jpg"));
  EXPECT_FALSE(looks_like_image("a.txt"));
}

TEST_F(FormatsTest, TheUsualOnesCanBeWritten) {
  for (const char* name : {"jpeg", "png", "webp", "tiff"}) EXPECT_TRUE(find_format(name)->can_write) << name;
  EXPECT_FALSE(find_format("bmp")->can_write);
}

TEST_F(FormatsTest, WhatCanBeWrittenHasAnEncoder) {
  const Image image{.width = 2, .height = 2, .rgb = std::vector<std::uint8_t>(12)};
  for (const Format& format : formats()) {
    const WriteOptions options{.format = std::string(format.name)};
    if (format.can_write) {
      EXPECT_FALSE(encode(image, options).empty()) << format.name;
    } else {
      EXPECT_EQ(error_of([&] { encode(image, options); }).code(), ErrorCode::kUnsupported) << format.name;
    }
  }
}

TEST_F(FormatsTest, EachSuffixBelongsToOneFormat) {
  for (const Format& format : formats()) {
    for (std::string_view suffix : format.suffixes) EXPECT_EQ(find_format(suffix)->name, format.name) << suffix;
  }
}

}  // namespace
}  // namespace genga::image
