// Tests of TIFF: any number of channels and kinds of samples, the page that is the photo, raw photographs.
#include <cstring>

#include "image/formats/raw_photo.h"
#include "image/formats/tiff_tags.h"
#include "image/metadata/test_metadata.h"

namespace genga::image {
namespace {

// A TIFF of one strip a page; ExifBytes lays it out.
struct Page {
  int width, height, bits;
  std::vector<double> pixel;  // the same everywhere, as stored
  int photometric;
  std::vector<int> extra{};  // ExtraSamples
  int sample_format = 1;     // 1 unsigned, 2 signed, 3 floats
  ExifBytes::Directory more{};
};

std::string sample(double value, int bits, int format, const ExifBytes& tiff) {
  if (format != 3) {
    return tiff.number(static_cast<std::size_t>(static_cast<std::int64_t>(value)), static_cast<unsigned>(bits / 8));
  }
  std::uint64_t pattern = 0;
  const float narrow = static_cast<float>(value);
  if (bits == 64) std::memcpy(&pattern, &value, 8);
  if (bits == 32) std::memcpy(&pattern, &narrow, 4);
  return tiff.number(pattern, static_cast<unsigned>(bits / 8));
}

std::size_t add_page(ExifBytes& tiff, const Page& page, std::size_t next) {
  std::string pixels;
  for (int i = 0; i < page.width * page.height; ++i) {
    for (const double value : page.pixel) pixels += sample(value, page.bits, page.sample_format, tiff);
  }
  const std::size_t strip = tiff.add(pixels);
  const auto shorts = [&](const std::vector<int>& values) {
    std::string bytes;
    for (const int value : values) bytes += tiff.number(static_cast<std::size_t>(value), 2);
    return ExifBytes::Value{3, bytes, values.size()};
  };
  const int n = static_cast<int>(page.pixel.size());
  ExifBytes::Directory tags = page.more;
  tags[256] = shorts({page.width});
  tags[257] = shorts({page.height});
  tags[258] = shorts(std::vector<int>(page.pixel.size(), page.bits));
  tags[259] = shorts({1});
  tags[262] = shorts({page.photometric});
  tags[273] = tiff.offset(strip);
  tags[277] = shorts({n});
  tags[278] = shorts({page.height});
  tags[279] = tiff.offset(pixels.size());
  if (!page.extra.empty()) tags[338] = shorts(page.extra);
  tags[339] = shorts(std::vector<int>(page.pixel.size(), page.sample_format));
  return tiff.add(tags, next);
}

class TiffTest : public ImageTest {
 protected:
  static constexpr int kGrey = 1, kRgb = 2, kCmyk = 5;

  void write_tiff(const std::vector<Page>& pages, bool big_endian = false) {
    ExifBytes tiff(big_endian);
    std::size_t next = 0;
    for (auto page = pages.rbegin(); page != pages.rend(); ++page) next = add_page(tiff, *page, next);
    spill(file("a.tif"), tiff.finish(next));
  }
  std::vector<int> pixel_of(const Page& page, bool big_endian = false) {
    write_tiff({page}, big_endian);
    RowReader reader(EncodedImage{file("a.tif"), {}}, {});
    notes_ = reader.info().notes;
    const Rows rows = read_rows(reader);
    return {rows.begin(), rows.begin() + reader.channels()};
  }
  ErrorCode code_of(const Page& page) {
    return error_of([&] { pixel_of(page); }).code();
  }

  std::vector<std::string> notes_;
};

std::vector<int> of_8_bits(std::vector<int> values) {
  for (int& v : values) v *= 257;
  return values;
}

TEST_F(TiffTest, ExtraChannelsAreLeftOutAndAlphaIsWhatTheFileCallsSo) {
  for (bool big_endian : {false, true}) {
    EXPECT_EQ(pixel_of({9, 7, 8, {10, 20, 30, 255, 99}, kRgb, {2, 0}}, big_endian), of_8_bits({10, 20, 30, 255}));
    ASSERT_EQ(notes_.size(), 1U);
    EXPECT_NE(notes_[0].find("1 channel "), std::string::npos) << notes_[0];
    EXPECT_EQ(pixel_of({9, 7, 8, {10, 20, 30, 255, 99, 1}, kRgb, {0, 0, 0}}, big_endian), of_8_bits({10, 20, 30}));
    EXPECT_EQ(pixel_of({9, 7, 8, {10, 20, 30, 0}, kRgb, {0}}, big_endian), of_8_bits({10, 20, 30}));
    EXPECT_EQ(pixel_of({9, 7, 8, {10, 20, 30, 40}, kRgb, {2}}, big_endian), of_8_bits({10, 20, 30, 40}));
    EXPECT_TRUE(notes_.empty());
    EXPECT_EQ(pixel_of({9, 7, 8, {10, 20, 30, 9, 40}, kRgb, {0, 2}}, big_endian), of_8_bits({10, 20, 30, 40}));
    EXPECT_EQ(pixel_of({9, 7, 8, {50, 60, 70}, kGrey, {2, 0}}, big_endian), of_8_bits({50, 50, 50, 60}));
    EXPECT_EQ(pixel_of({9, 7, 8, {50, 60, 70, 80, 90, 100, 110}, kGrey, {0, 0, 0, 0, 0, 0}}, big_endian),
              of_8_bits({50, 50, 50}));
    EXPECT_EQ(pixel_of({9, 7, 16, {1000, 2000, 3000, 4000, 5}, kRgb, {2, 0}}, big_endian),
              (std::vector<int>{1000, 2000, 3000, 4000}));
    EXPECT_EQ(pixel_of({9, 7, 16, {1000, 9, 7}, kGrey, {0, 0}}, big_endian), (std::vector<int>{1000, 1000, 1000}));
    const std::vector<int> paper = pixel_of({9, 7, 8, {0, 0, 0, 0, 255, 3}, kCmyk, {2, 0}}, big_endian);
    ASSERT_EQ(paper.size(), 4U);
    for (const int v : paper) EXPECT_GT(v, 62000);
    EXPECT_EQ(pixel_of({9, 7, 8, {0, 0, 0, 0, 255, 3, 9}, kCmyk, {0, 0, 0}}, big_endian).size(), 3U);
  }
}

TEST_F(TiffTest, FloatsAreSrgbValuesFromBlackToWhite) {
  EXPECT_EQ(pixel_of({9, 7, 32, {0.5, 0.25, 1}, kRgb, {}, 3}), (std::vector<int>{32768, 16384, 65535}));
  EXPECT_EQ(pixel_of({9, 7, 32, {-1, 7, std::nan("")}, kRgb, {}, 3}), (std::vector<int>{0, 65535, 0}));
  EXPECT_EQ(pixel_of({9, 7, 32, {0.5}, kGrey, {}, 3}), (std::vector<int>(3, 32768)));
  EXPECT_EQ(pixel_of({9, 7, 32, {0.5, 0.25, 1, 0.75, 3}, kRgb, {2, 0}, 3}),
            (std::vector<int>{32768, 16384, 65535, 49151}));
  EXPECT_EQ(pixel_of({9, 7, 32, {4294967295.0, 0, 2147483648.0}, kRgb}), (std::vector<int>{65535, 0, 32768}));
}

TEST_F(TiffTest, LabIsReadWithAndWithoutFurtherChannels) {
  constexpr int kLab = 8;
  for (int v : pixel_of({9, 7, 8, {255, 0, 0}, kLab})) EXPECT_GT(v, 65000);
  const std::vector<int> with_alpha = pixel_of({9, 7, 8, {255, 0, 0, 128}, kLab, {2}});
  ASSERT_EQ(with_alpha.size(), 4U);
  EXPECT_GT(with_alpha[1], 65000);
  EXPECT_NEAR(with_alpha[3] / 257, 128, 1);
}

TEST_F(TiffTest, SamplesWithoutAMeaningAreRefused) {
  EXPECT_EQ(code_of({9, 7, 16, {0, 0, 0}, kRgb, {}, 3}), ErrorCode::kUnsupported) << "half floats";
  EXPECT_EQ(code_of({9, 7, 64, {0, 0, 0}, kRgb, {}, 3}), ErrorCode::kUnsupported) << "doubles";
  EXPECT_EQ(code_of({9, 7, 16, {1, 2, 3}, kRgb, {}, 2}), ErrorCode::kUnsupported) << "signed";
  EXPECT_EQ(code_of({9, 7, 8, {1, 2, 3}, kRgb, {}, 2}), ErrorCode::kUnsupported) << "signed";
  EXPECT_EQ(code_of({9, 7, 64, {1, 2, 3}, kRgb, {}, 6}), ErrorCode::kUnsupported) << "complex";
  EXPECT_EQ(code_of({9, 7, 32, {1, 2, 3, 1}, kRgb, {1}, 3}), ErrorCode::kUnsupported) << "premultiplied floats";
  ExifBytes numbers(false);
  EXPECT_EQ(code_of({9, 7, 8, {1, 2, 3, 4, 5}, kCmyk, {}, 1, {{332, numbers.short_number(2)}}}),
            ErrorCode::kUnsupported)
      << "other inks";
}

TEST_F(TiffTest, ThumbnailsAreNotThePhoto) {
  for (bool big_endian : {false, true}) {
    ExifBytes numbers(big_endian);
    const ExifBytes::Directory thumbnail{{254, numbers.offset(1)}}, mask{{254, numbers.offset(4)}};
    const ExifBytes::Directory old_thumbnail{{255, numbers.short_number(2)}};
    const Page small{4, 3, 8, {1, 2, 3}, kRgb, {}, 1, thumbnail};
    const Page old_small{4, 3, 8, {1, 2, 3}, kRgb, {}, 1, old_thumbnail};
    const Page large{16, 12, 8, {200, 100, 50}, kRgb};
    const Page other{16, 12, 8, {9}, 1, {}, 1, mask};
    for (const std::vector<Page>& pages :
         {std::vector{small, large}, {old_small, large}, {other, small, large, small}}) {
      write_tiff(pages, big_endian);
      RowReader reader(EncodedImage{file("a.tif"), {}}, {});
      EXPECT_EQ(reader.info().width, 16);
      EXPECT_EQ(reader.info().pages, 1);
      EXPECT_TRUE(reader.info().notes.empty());
      EXPECT_EQ(read_rows(reader)[0], 200 * 257);
    }
    write_tiff({small, large, large}, big_endian);
    const RowReader two(EncodedImage{file("a.tif"), {}}, {});
    EXPECT_EQ(two.info().pages, 2);
    EXPECT_EQ(two.info().notes.size(), 1U);
    write_tiff({small}, big_endian);
    EXPECT_EQ(RowReader(EncodedImage{file("a.tif"), {}}, {}).info().width, 4) << "there is nothing else";
  }
}

TEST_F(TiffTest, RawPhotographsAreRefusedWithACure) {
  ExifBytes numbers(false);
  const Page dng{4, 3, 8, {1, 2, 3}, kRgb, {}, 1, {{50706, {1, std::string("\1\4\0\0", 4), 4}}}};
  const Page sensor{16, 12, 16, {5}, 32803};
  const auto check = [&] {
    const Error error = error_of([&] { RowReader(EncodedImage{file("a.tif"), {}}, {}); });
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("export it as JPEG or TIFF"), std::string::npos) << error.what();
  };
  for (const std::vector<Page>& pages : {std::vector{dng}, {sensor}, {Page{4, 3, 8, {1, 2, 3}, kRgb}, sensor}}) {
    write_tiff(pages);
    check();
  }
  // Nikon and others: a preview above, the sensor in a directory below it.
  ExifBytes tiff(false);
  const std::size_t below = add_page(tiff, sensor, 0);
  const Page preview{4, 3, 8, {1, 2, 3}, kRgb, {}, 1, {{254, tiff.offset(1)}, {330, tiff.offset(below)}}};
  spill(file("a.tif"), tiff.finish(add_page(tiff, preview, 0)));
  check();
  for (std::string magic :
       {"FUJIFILMCCD-RAW 0201", "IIU\0xxxxxxxxxxxxxxxxx", "IIRO12345678901234567", "MMOR123456789012345"}) {
    if (magic == "IIU") magic = std::string("IIU\0", 4) + std::string(30, 'x');
    spill(file("a.tif"), magic + std::string(50, ' '));
    check();
  }
  spill(file("a.tif"), number_bytes(24, 4, true) + "ftypcrx " + std::string(50, ' '));
  check();
}

TEST_F(TiffTest, HostileDirectoriesEnd) {
  ExifBytes loop(false);
  const std::size_t at = add_page(loop, {4, 3, 8, {1, 2, 3}, kRgb}, 0);
  std::string bytes = loop.finish(at);
  bytes.replace(bytes.size() - 4, 4, number_bytes(at, 4, false));  // the next page is itself
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  EXPECT_EQ(TiffTags::open({data, bytes.size()})->chain().size(), 1U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto tags = TiffTags::open({data, size});
    if (tags) tags->chain();
    raw_photo_kind({data, size});
  }
}

}  // namespace
}  // namespace genga::image
