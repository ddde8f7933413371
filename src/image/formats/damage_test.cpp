// Tests of damage that decoders only warn of: it is found, and what is merely untidy is not taken for it.
#include "image/test_images.h"
#include "image/vips_guard.h"

namespace genga::image {
namespace {

class DamageTest : public ImageTest {
 protected:
  // A JPEG with much detail: some 15 kB.
  std::string jpeg(bool progressive = false) {
    const Image noise = [] {
      Image image{.width = 256, .height = 256, .rgb = std::vector<std::uint8_t>(256 * 256 * 3)};
      std::uint32_t state = 1;
      for (std::size_t i = 0; i < image.rgb.size(); ++i) {
        if (i % 96 == 0) state = state * 1664525U + 1013904223U;
        image.rgb[i] = static_cast<std::uint8_t>(state >> 24U);
      }
      return image;
    }();
    write_image(file("whole.png"), noise);
    const std::string options = progressive ? "interlace=true" : "optimize-coding=true";
    const ImagePtr image(vips_image_new_from_file(file("whole.png").c_str(), nullptr));
    VipsOperation* save = vips_operation_new("jpegsave");
    g_object_set(save, "in", image.get(), "filename", file("whole.jpg").c_str(), nullptr);
    vips_object_set_from_string(VIPS_OBJECT(save), options.c_str());
    OperationPtr operation(save);
    build(operation, ErrorCode::kIo, "test");
    return slurp(file("whole.jpg"));
  }
  static std::string damage_of(const std::string& bytes) {
    return find_damage({.path = "a.jpg", .bytes = std::as_bytes(std::span(bytes))});
  }
  static std::size_t scan_of(const std::string& bytes) { return bytes.rfind("\xff\xda") + 14; }
};

const std::string kEnd = "\xff\xd9";

TEST_F(DamageTest, DataThatBreakOffAreDamage) {
  for (bool progressive : {false, true}) {
    const std::string whole = jpeg(progressive);
    EXPECT_EQ(damage_of(whole), "");
    const std::size_t scan = whole.find("\xff\xda");
    const std::string cut = whole.substr(0, scan + (whole.size() - scan) / 3) + kEnd;
    EXPECT_NE(damage_of(cut), "") << progressive;
    const Error error = error_of([&] { read_image({.path = "a.jpg", .bytes = std::as_bytes(std::span(cut))}); });
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_NE(std::string(error.what()).find("a.jpg"), std::string::npos) << error.what();
    RowReader rows({.path = "a.jpg", .bytes = std::as_bytes(std::span(cut))}, {});
    EXPECT_EQ(read_rows(rows).size(), 256U * 256 * 3) << "who wants the rest gets it";
  }
}

TEST_F(DamageTest, FlippedBitsAreDamageWhereverTheyLie) {
  const std::string whole = jpeg();
  int found = 0, tried = 0;
  for (std::size_t i = scan_of(whole) + 200; i + 200 < whole.size(); i += 997) {
    std::string bytes = whole;
    for (std::size_t at = i; at < std::min(i + 100, bytes.size() - 2); at += 9) {
      if (bytes[at - 1] != '\xff' && (bytes[at] ^ 0x15) != '\xff' && bytes[at] != '\xff') bytes[at] ^= 0x15;
    }
    ++tried;
    found += damage_of(bytes).empty() ? 0 : 1;
  }
  EXPECT_GE(found, tried * 8 / 10) << "of " << tried;  // now and then the codes fall into step by chance
}

TEST_F(DamageTest, UntidyButWholeIsNoDamage) {
  const std::string whole = jpeg();
  const std::string body = whole.substr(0, whole.size() - 2);
  EXPECT_EQ(damage_of(body + "\x01\x02\x03" + kEnd), "") << "phones leave some bytes behind the last block";
  EXPECT_EQ(damage_of(body + std::string(512, '\0') + kEnd), "") << "filled up to a sector";
  EXPECT_EQ(damage_of(body), "") << "no end marker, but every block";
  EXPECT_EQ(damage_of(whole + "a video, or a second JPEG"), "");
  EXPECT_EQ(damage_of(whole.substr(0, 2) + std::string("\xff\xe5\0\6odd!", 8) + whole.substr(2)), "");
  EXPECT_EQ(damage_of(whole.substr(0, 2) + std::string("\0\0\0", 3) + whole.substr(2)), "") << "between segments";
}

TEST_F(DamageTest, OtherFormatsAndNoImagesGiveNone) {
  EXPECT_EQ(damage_of("nothing at all"), "");
  EXPECT_EQ(damage_of(std::string("\xff\xd8\xff", 3)), "");
  EXPECT_EQ(error_of([&] { find_damage({.path = file("missing.jpg")}); }).code(), ErrorCode::kNotFound);
}

// CRCs cover every byte of a PNG.
TEST_F(DamageTest, AFlippedByteInPngDataIsAnError) {
  jpeg();
  std::string bytes = slurp(file("whole.png"));
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_THROW(read_image({.path = "a.png", .bytes = std::as_bytes(std::span(bytes))}), Error);
}

}  // namespace
}  // namespace genga::image
