// Tests of files that are cut short, damaged, hostile or no images: each gives one Error with the right code.
#include <unistd.h>

#include <random>

#include "image/test_images.h"

namespace genga::image {
namespace {

using BrokenFilesTest = ImageTest;

std::string encoded(const Format& format) {
  const Info info = info_of(48, 40);
  // Without metadata, or half of such a small file would be its color profile.
  RowWriter writer(info, nullptr, {.format = std::string(format.name), .metadata = false});
  writer.write(make_rows(info));
  writer.finish();
  const auto bytes = writer.take_bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads to the last row; true if there was no Error. Anything but an Error escapes and fails the test.
bool reads(std::string_view bytes) {
  try {
    RowReader reader(EncodedImage{"-", std::as_bytes(std::span(bytes))}, {.max_pixels = 1'000'000});
    read_rows(reader);
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST_F(BrokenFilesTest, TruncatedAnywhereIsAnErrorOrAWholeImage) {
  for (const Format& format : formats()) {
    if (!format.can_write) continue;
    const std::string whole = encoded(format);
    ASSERT_TRUE(reads(whole)) << format.name;
    for (std::size_t i = 1; i < 24; ++i) reads(std::string_view(whole).substr(0, whole.size() * i / 24));
    EXPECT_FALSE(reads(std::string_view(whole).substr(0, whole.size() / 2))) << format.name;
  }
}

TEST_F(BrokenFilesTest, WhatIsCutShortBehindItsLastRowIsAnErrorEveryTime) {
  constexpr std::size_t kEnd = 20;  // the checksum of the rows, of their chunk, and the end chunk
  std::string cut = encoded(*find_format("png"));
  cut.resize(cut.size() - kEnd);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(reads(cut));
}

TEST_F(BrokenFilesTest, ABrokenFileDoesNotSpoilTheNextImage) {
  const std::string whole = encoded(*find_format("jpeg"));
  EXPECT_FALSE(reads(whole.substr(0, whole.size() / 2)));
  EXPECT_TRUE(reads(whole));
  const Error error = error_of([&] { RowReader(EncodedImage{file("missing.jpg"), {}}, {}); });
  EXPECT_EQ(std::string(error.what()).find("premature"), std::string::npos) << "left over: " << error.what();
}

TEST_F(BrokenFilesTest, FlippedBytesAreAnErrorOrAnImage) {
  std::mt19937 random(7);
  for (const Format& format : formats()) {
    if (!format.can_write) continue;
    const std::string whole = encoded(format);
    for (int round = 0; round < 60; ++round) {
      std::string bytes = whole;
      for (int n = 0; n < 4; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
      reads(bytes);
    }
  }
}

TEST_F(BrokenFilesTest, WhatIsNoImageIsSaidInOneSentence) {
  const auto error_for = [&](const std::string& name) {
    return error_of([&] { RowReader(EncodedImage{file(name), {}}, {}); });
  };
  EXPECT_EQ(error_for("missing.png").code(), ErrorCode::kNotFound);

  std::filesystem::create_directory(file("folder.png"));
  EXPECT_EQ(error_for("folder.png").code(), ErrorCode::kInvalidArgument);

  spill(file("empty.png"), "");
  EXPECT_EQ(error_for("empty.png").code(), ErrorCode::kCorruptData);

  spill(file("text.png"), "this is not an image, whatever its name says");
  const Error error = error_for("text.png");
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_NE(std::string(error.what()).find("text.png"), std::string::npos);
  EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
}

TEST_F(BrokenFilesTest, FormatsOutsideTheTableAreNeverTried) {
  spill(file("a.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>");
  EXPECT_EQ(error_of([&] { RowReader(EncodedImage{file("a.svg"), {}}, {}); }).code(), ErrorCode::kUnsupported);
  spill(file("a.csv"), "1,2,3\n4,5,6\n");
  EXPECT_EQ(error_of([&] { RowReader(EncodedImage{file("a.csv"), {}}, {}); }).code(), ErrorCode::kUnsupported);
}

TEST_F(BrokenFilesTest, AFileWithoutPermissionIsAnIoError) {
  spill(file("a.ppm"), "P6 1 1 255\nabc");
  std::filesystem::permissions(file("a.ppm"), std::filesystem::perms::none);
  const bool root = ::geteuid() == 0;
  if (root && ::seteuid(65534) != 0) GTEST_SKIP() << "root cannot lay its rights down here";
  const Error error = error_of([&] { RowReader(EncodedImage{file("a.ppm"), {}}, {}); });
  if (root && ::seteuid(0) != 0) FAIL() << "root did not get its rights back";
  EXPECT_EQ(error.code(), ErrorCode::kIo) << error.what();
}

TEST_F(BrokenFilesTest, AHugeImageIsRefusedFromItsHeader) {
  spill(file("huge.ppm"), "P6 60000 60000 255\n");
  const Error error = error_of([&] { RowReader(EncodedImage{file("huge.ppm"), {}}, {}); });
  EXPECT_EQ(error.code(), ErrorCode::kOutOfMemory);
  EXPECT_NE(std::string(error.what()).find("60000 x 60000"), std::string::npos) << error.what();
}

TEST_F(BrokenFilesTest, AHugeTargetIsRefused) {
  spill(file("a.ppm"), "P6 1 1 255\nabc");
  const ReadOptions options{.size = {.long_side = 100000}};
  EXPECT_EQ(error_of([&] { RowReader(EncodedImage{file("a.ppm"), {}}, options); }).code(), ErrorCode::kOutOfMemory);
}

}  // namespace
}  // namespace genga::image
