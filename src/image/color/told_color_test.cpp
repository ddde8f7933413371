// Tests of colors that files tell without an ICC profile.
#include "image/color/told_color.h"

#include "image/color/icc_profile.h"
#include "image/metadata/test_metadata.h"

namespace genga::image {
namespace {

using ToldColorTest = ImageTest;

std::string chunk(const std::string& name, const std::string& data) {
  const std::string body = name + data;
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : body) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return number_bytes(data.size(), 4, true) + body + number_bytes(~crc & 0xffffffffU, 4, true);
}

/// A PNG of one color without a profile, with the chunks behind its header.
std::string png(int r, int g, int b, const std::string& chunks) {
  Image image{.width = 8, .height = 8, .rgb = {}};
  for (int i = 0; i < 64; ++i) {
    for (const int v : {r, g, b}) image.rgb.push_back(static_cast<std::uint8_t>(v));
  }
  const auto bytes = encode(image, {.format = "png", .metadata = false});
  std::string made(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  constexpr std::size_t kHeader = 8 + 25;
  return made.substr(0, kHeader) + chunks + made.substr(kHeader);
}

std::string numbers(std::initializer_list<std::size_t> values) {
  std::string bytes;
  for (const std::size_t value : values) bytes += number_bytes(value, 4, true);
  return bytes;
}

Image read(const std::string& bytes) {
  return read_image({.path = "a.png", .bytes = std::as_bytes(std::span(bytes))});
}

void expect_pixel(const std::string& bytes, std::array<int, 3> wanted, int within = 2) {
  const Image image = read(bytes);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(image.rgb[c], wanted[c], within) << "channel " << c;
}

const std::string kSrgbPrimaries = numbers({31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000});

TEST_F(ToldColorTest, PngGammaIsHonoured) {
  expect_pixel(png(128, 55, 0, chunk("gAMA", numbers({100000}))), {188, 128, 0});
  expect_pixel(png(128, 55, 0, chunk("gAMA", numbers({100000})) + chunk("cHRM", kSrgbPrimaries)), {188, 128, 0});
  expect_pixel(png(128, 128, 128, chunk("gAMA", numbers({55000}))), {145, 145, 145}, 6);
  for (const std::string& same :
       {chunk("gAMA", numbers({45455})), chunk("gAMA", numbers({45455})) + chunk("cHRM", kSrgbPrimaries),
        chunk("gAMA", numbers({100000})) + chunk("sRGB", std::string(1, '\0')), chunk("gAMA", numbers({0})),
        chunk("cHRM", numbers({0, 0, 0, 0, 0, 0, 0, 0}))}) {
    expect_pixel(png(10, 200, 90, same), {10, 200, 90}, 0);
  }
}

TEST_F(ToldColorTest, PngPrimariesAreHonoured) {
  // Green of Adobe RGB is beyond sRGB's; grey stays grey.
  const std::string adobe = chunk("cHRM", numbers({31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000}));
  EXPECT_LT(read(png(100, 200, 100, adobe)).rgb[0], 60);
  expect_pixel(png(77, 77, 77, adobe), {77, 77, 77}, 1);
}

TEST_F(ToldColorTest, PngCodePointsAreHonouredAndHdrRefused) {
  EXPECT_LT(read(png(100, 200, 100, chunk("cICP", std::string("\x0c\x0d\0\1", 4)))).rgb[0], 85);  // Display P3
  expect_pixel(png(10, 200, 90, chunk("cICP", std::string("\1\x0d\0\1", 4))), {10, 200, 90}, 0);
  for (char transfer : {'\x10', '\x12'}) {
    const std::string hdr = png(9, 9, 9, chunk("cICP", std::string("\x09", 1) + transfer + std::string("\0\1", 2)));
    const Error error = error_of([&] { read(hdr); });
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("HDR"), std::string::npos) << error.what();
  }
}

TEST_F(ToldColorTest, PngCodePointsComeBeforeAProfile) {
  const std::string profile = icc_profile(RgbSpace{.gamma = 1}, false).value();
  const std::vector<std::uint8_t> grey(8 * 8 * 3, 60);
  VipsImage* image = vips_image_new_from_memory(grey.data(), grey.size(), 8, 8, 3, VIPS_FORMAT_UCHAR);
  vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile.data(), profile.size());
  void* data = nullptr;
  std::size_t size = 0;
  ASSERT_EQ(vips_pngsave_buffer(image, &data, &size, nullptr), 0);
  g_object_unref(image);
  const std::string with_profile(static_cast<const char*>(data), size);
  g_free(data);
  EXPECT_GT(read(with_profile).rgb[0], 120);  // linear light
  constexpr std::size_t kHeader = 8 + 25;
  expect_pixel(
      with_profile.substr(0, kHeader) + chunk("cICP", std::string("\1\x0d\0\1", 4)) + with_profile.substr(kHeader),
      {60, 60, 60}, 1);
}

TEST_F(ToldColorTest, AnimatedPngsAreSaid) {
  const std::string bytes = png(1, 2, 3, chunk("acTL", numbers({3, 0})));
  const RowReader reader({.path = "a.png", .bytes = std::as_bytes(std::span(bytes))}, {});
  EXPECT_EQ(reader.info().pages, 3);
  ASSERT_EQ(reader.info().notes.size(), 1U);
  EXPECT_NE(reader.info().notes[0].find("has 3 pages or frames"), std::string::npos);
}

TEST_F(ToldColorTest, ExifsAdobeRgbIsHonoured) {
  Image image{.width = 16, .height = 16, .rgb = {}};
  for (int i = 0; i < 256; ++i) image.rgb.insert(image.rgb.end(), {100, 200, 100});
  const auto bytes = encode(image, {.format = "jpeg", .quality = 98, .metadata = false});
  const std::string jpeg(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (bool big_endian : {false, true}) {
    const auto with_exif = [&](std::size_t color_space, const std::string& index) {
      ExifBytes made(big_endian);
      const std::size_t interop = made.add({{1, made.text(index)}});
      const std::size_t sub = made.add({{0xa001, made.short_number(color_space)}, {0xa005, made.offset(interop)}});
      return with_segments(jpeg, exif_segment(made.finish(made.add({{0x8769, made.offset(sub)}}))));
    };
    EXPECT_LT(read(with_exif(65535, "R03")).rgb[0], 60);
    EXPECT_LT(read(with_exif(2, "R03")).rgb[0], 60);
    EXPECT_NEAR(read(with_exif(1, "R98")).rgb[0], 100, 3);
    EXPECT_NEAR(read(with_exif(65535, "R98")).rgb[0], 100, 3);
  }
}

// AVIF as libheif writes it, its nclx box changed.
TEST_F(ToldColorTest, HeifCodePointsAreHonoured) {
  if (!find_format("avif")->can_write) GTEST_SKIP() << "no encoder";
  Image image{.width = 64, .height = 64, .rgb = {}};
  for (int i = 0; i < 64 * 64; ++i) image.rgb.insert(image.rgb.end(), {100, 200, 100});
  const auto bytes = encode(image, {.format = "avif", .quality = 90, .metadata = false});
  std::string avif(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t at = avif.find("colrnclx");
  if (at == std::string::npos) GTEST_SKIP() << "this libheif writes no nclx";
  const auto with_codes = [&](int primaries, int transfer) {
    return avif.replace(at + 8, 4, number_bytes(primaries, 2, true) + number_bytes(transfer, 2, true));
  };
  EXPECT_NEAR(read(with_codes(1, 13)).rgb[0], 100, 4);
  EXPECT_LT(read(with_codes(12, 13)).rgb[0], 88);
  EXPECT_EQ(error_of([&] { read(with_codes(9, 16)); }).code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace genga::image
