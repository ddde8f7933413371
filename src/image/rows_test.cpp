// Tests of RowReader and RowWriter over all formats, of encode() and of animations.
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "image/test_images.h"
#include "image/vips_guard.h"

namespace genga::image {
namespace {

using RowsTest = ImageTest;

// Mean error in 8-bit steps that default quality may cost; gif has 256 colors, subsampled chroma hurts our checkers.
double bound_of(const Format& format) {
  if (format.default_quality == 0) return format.name == "gif" ? 8 : 0;
  return 4;
}

TEST_F(RowsTest, EveryWritableFormatComesBackWithinItsBound) {
  for (const Format& format : formats()) {
    if (!format.can_write) continue;
    for (const bool alpha : {false, true}) {
      SCOPED_TRACE(fmt::format("{} alpha {}", format.name, alpha));
      const Info info = info_of(64, 48, 8, alpha && format.alpha && format.name != "gif");
      const auto path = file("a" + std::string(format.suffixes.front()));
      write_rows(path, info, make_rows(info));
      RowReader reader(EncodedImage{path, {}}, {});
      EXPECT_EQ(reader.info().format, format.name);
      EXPECT_EQ(reader.info().width, 64);
      EXPECT_EQ(reader.info().bits, 8);
      ASSERT_EQ(reader.info().alpha, info.alpha);
      EXPECT_LE(mean_difference(read_rows(reader), make_rows(info)), bound_of(format));
    }
  }
}

TEST_F(RowsTest, SixteenBitsComeBackExactlyWhereTheFormatKeepsThem) {
  for (const Format& format : formats()) {
    if (!format.can_write || !format.sixteen_bit) continue;
    SCOPED_TRACE(format.name);
    const Info info = info_of(33, 21, 16, true);
    const auto path = file("a" + std::string(format.suffixes.front()));
    write_rows(path, info, make_rows(info), {.format = "", .quality = format.default_quality == 0 ? 0 : 100});
    RowReader reader(EncodedImage{path, {}}, {});
    EXPECT_EQ(reader.info().bits, 16);
    EXPECT_EQ(read_rows(reader), make_rows(info));
  }
}

TEST_F(RowsTest, QualityOneHundredIsLosslessForWebpAndJxl) {
  const Info info = info_of(40, 30);
  for (const char* name : {"a.webp", "a.jxl"}) {
    write_rows(file(name), info, make_rows(info), {.format = "", .quality = 100});
    EXPECT_EQ(read_rows(file(name)), make_rows(info)) << name;
  }
}

TEST_F(RowsTest, OddShapesSurvive) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 10000}, {10000, 1}, {7, 5}}) {
    const Info info = info_of(width, height);
    write_rows(file("a.png"), info, make_rows(info));
    EXPECT_EQ(read_rows(file("a.png")), make_rows(info)) << width << "x" << height;
    write_rows(file("a.jpg"), info, make_rows(info));
    EXPECT_LE(mean_difference(read_rows(file("a.jpg")), make_rows(info)), 6) << width << "x" << height;
  }
}

TEST_F(RowsTest, TransparencyIsFlattenedOnWhiteWhereTheFormatHasNone) {
  const Info info = info_of(16, 16, 8, true);
  Rows rows;
  for (int i = 0; i < 256; ++i) rows.insert(rows.end(), {0, 0, 65535, 0});
  write_rows(file("a.jpg"), info, rows);
  EXPECT_EQ(read_rows(file("a.jpg")), Rows(16 * 16 * 3, 65535));
}

TEST_F(RowsTest, WritingToMemoryGivesTheBytesOfTheFile) {
  const Info info = info_of(50, 40);
  for (const Format& format : formats()) {
    if (!format.can_write) continue;
    const std::string name(format.name);
    RowWriter writer(info, nullptr, {.format = name});
    writer.write(make_rows(info));
    writer.finish();
    const std::vector<std::byte> bytes = writer.take_bytes();
    RowReader from_memory(EncodedImage{"-", bytes}, {});
    write_rows(file("a"), info, make_rows(info), {.format = name});
    EXPECT_EQ(read_rows(from_memory), read_rows(file("a"))) << name;
  }
}

TEST_F(RowsTest, EncodingAnImageGivesTheBytesThatWritingItGives) {
  Image image{.width = 70, .height = 130, .rgb = {}};
  for (int i = 0; i < 70 * 130 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 7));
  for (const char* format : {"png", "jpeg", "webp"}) {
    const std::vector<std::byte> bytes = encode(image, {.format = format, .quality = 80});
    write_image(file("a"), image, {.format = format, .quality = 80});
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), slurp(file("a"))) << format;
  }
  EXPECT_EQ(read_image(EncodedImage{"-", encode(image, {.format = "png"})}).rgb, image.rgb);
  EXPECT_EQ(error_of([&] { encode(image, {}); }).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(error_of([&] { encode({}, {.format = "png"}); }).code(), ErrorCode::kInvalidArgument);
}

TEST_F(RowsTest, AnUnfinishedWriterLeavesNothing) {
  const Info info = info_of(2000, 2000);
  for (const Format& format : formats()) {
    if (!format.can_write) continue;
    RowWriter writer(file("a" + std::string(format.suffixes.front())), info, nullptr, {});
    writer.write(Rows(2000 * 3 * 100));
  }
  EXPECT_EQ(n_files(), 0);
}

TEST_F(RowsTest, FinishingEarlyIsAnErrorAndLeavesNothing) {
  {
    RowWriter writer(file("a.png"), info_of(10, 10), nullptr, {});
    writer.write(Rows(10 * 3 * 9));
    EXPECT_EQ(error_of([&] { writer.finish(); }).code(), ErrorCode::kInternal);
  }
  EXPECT_EQ(n_files(), 0);
}

TEST_F(RowsTest, MoreRowsThanTheImageHasAreRefused) {
  const Info info = info_of(4, 4);
  write_rows(file("a.png"), info, make_rows(info));
  RowReader reader(EncodedImage{file("a.png"), {}}, {});
  read_rows(reader);
  Rows more(12);
  EXPECT_EQ(error_of([&] { reader.read(more); }).code(), ErrorCode::kInternal);
  RowWriter writer(file("b.png"), info, nullptr, {});
  EXPECT_EQ(error_of([&] { writer.write(Rows(4 * 3 * 5)); }).code(), ErrorCode::kInternal);
}

TEST_F(RowsTest, AReaderMayBeDroppedAtAnyRow) {
  const Info info = info_of(3000, 2000);
  write_rows(file("a.jpg"), info, Rows(3000 * 2000 * 3));
  for (std::size_t n_rows : {0U, 1U, 700U}) {
    RowReader reader(EncodedImage{file("a.jpg"), {}}, {});
    Rows rows(n_rows * 3000 * 3);
    reader.read(rows);
  }
}

TEST_F(RowsTest, ManyImagesAtOnceDoNotBlockOneAnother) {
  const Info info = info_of(600, 400);
  write_rows(file("a.png"), info, make_rows(info));
  std::vector<std::thread> threads;
  std::atomic<int> n_equal{0};
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      RowReader reader(EncodedImage{file("a.png"), {}}, {});
      const auto copy = file(fmt::format("copy{}.png", i));
      RowWriter writer(copy, reader.info(), reader.metadata(), {});
      Rows row(600 * 3);
      for (int y = 0; y < 400; ++y) {
        reader.read(row);
        writer.write(row);
      }
      writer.finish();
      if (read_rows(copy) == make_rows(info)) ++n_equal;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(n_equal, 16);
}

// A limit on file size fails writes as a full disk does, with another text of the system.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(RowsTest, AFullDiskIsOneErrorAndLeavesNothing) {
  const Info info = info_of(600, 450);
  Rows noise(600 * 450 * 3);
  std::uint32_t state = 1;
  for (auto& v : noise) v = static_cast<std::uint16_t>((state = state * 1664525 + 1013904223) >> 16);
  for (const Format& format : formats()) {
    if (!format.can_write || format.name == "avif" || format.name == "heic") continue;  // slow to encode noise
    SCOPED_TRACE(format.name);
    const FileSizeLimit limit(20000);
    const Error error = error_of([&] { write_rows(file("a" + std::string(format.suffixes.front())), info, noise); });
    EXPECT_EQ(error.code(), ErrorCode::kIo) << error.what();
    EXPECT_EQ(n_files(), 0);
  }
}

TEST_F(RowsTest, ImpossibleOutputsAreRefusedBeforeAnyWork) {
  const auto refusal = [&](const char* name, const Info& info, const WriteOptions& options) {
    return error_of([&] { RowWriter(file(name), info, nullptr, options); });
  };
  EXPECT_EQ(refusal("a.xyz", info_of(4, 4), {}).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("a", info_of(4, 4), {}).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("a.bmp", info_of(4, 4), {}).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("a.jpg", info_of(70000, 4), {}).code(), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("a.jpg", info_of(4, 4), {.format = "", .quality = 101}).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("a.jpg", info_of(0, 4), {}).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("no/such/folder/a.jpg", info_of(4, 4), {}).code(), ErrorCode::kIo);
  EXPECT_EQ(n_files(), 0);
}

TEST_F(RowsTest, SideBySideKeepsBothImages) {
  const Info a = info_of(30, 20), b = info_of(20, 20, 8, true);
  write_rows(file("a.png"), a, make_rows(a));
  write_rows(file("b.png"), b, make_rows(b));
  write_side_by_side({file("a.png"), {}}, {file("b.png"), {}}, {}, file("c.png"), {});
  RowReader reader(EncodedImage{file("c.png"), {}}, {});
  EXPECT_EQ(reader.info().width, 30 + 2 + 20);
  EXPECT_EQ(reader.channels(), 4);
  const Rows rows = read_rows(reader);
  EXPECT_EQ(rows[0], make_rows(a)[0]);
  EXPECT_EQ(rows[3], 65535);
  EXPECT_EQ(rows[32 * 4 + 1], make_rows(b)[1]);
  EXPECT_THROW(
      write_side_by_side({file("a.png"), {}}, {file("c.png"), {}}, {.size = {.long_side = 99}}, file("d.png"), {}),
      Error);
}

TEST_F(RowsTest, FramesBelowOneAnotherBecomeAnAnimation) {
  constexpr int kFrames = 5;
  const Info info = info_of(24, 16 * kFrames);
  for (const char* name : {"a.gif", "a.webp"}) {
    SCOPED_TRACE(name);
    write_rows(file(name), info, make_rows(info), {.frames = kFrames, .frame_ms = 80});
    RowReader first(EncodedImage{file(name), {}}, {});
    EXPECT_EQ(first.info().pages, kFrames);
    EXPECT_EQ(first.info().height, 16);
    const ImagePtr all(vips_image_new_from_file(file(name).c_str(), "n", -1, nullptr));
    ASSERT_TRUE(all) << take_vips_error();
    EXPECT_EQ(vips_image_get_height(all.get()), info.height);
    int* delays = nullptr;
    int n = 0;
    ASSERT_EQ(vips_image_get_array_int(all.get(), "delay", &delays, &n), 0);
    ASSERT_EQ(n, kFrames);
    for (int i = 0; i < n; ++i) EXPECT_EQ(delays[i], 80);
    // The last frame is the last, in its colors: its green is near the top of the range.
    double mean = 0;
    const ImagePtr last = make_image(
        "crop", [&](VipsImage** dst) { return vips_crop(all.get(), dst, 0, 16 * (kFrames - 1), 24, 16, nullptr); });
    const ImagePtr green =
        make_image("band", [&](VipsImage** dst) { return vips_extract_band(last.get(), dst, 1, nullptr); });
    ASSERT_EQ(vips_avg(green.get(), &mean, nullptr), 0);
    EXPECT_NEAR(mean, 0.9 * 255, 8);
  }
}

TEST_F(RowsTest, OnlySomeFormatsHoldAnimations) {
  const Info info = info_of(8, 8);
  EXPECT_EQ(std::string(error_of([&] { write_rows(file("a.png"), info, make_rows(info), {.frames = 2}); }).what()),
            "'" + file("a.png").string() + "': png holds no animations; write gif or webp instead");
  EXPECT_EQ(error_of([&] { write_rows(file("a.gif"), info, make_rows(info), {.frames = 3}); }).code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(n_files(), 0);
}

}  // namespace
}  // namespace genga::image
