// Tests of Stylizer: tiles equal the whole image, options, masks, alpha, stroke scale, refusals.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/stylize.h"
#include "genga/transform.h"
#include "stylize/test_nets.h"

namespace genga::stylize {
namespace {

using Rows = std::vector<std::uint16_t>;

class StylizerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { image::init(1); }
};

std::vector<std::byte> png_of(const image::Info& info, const Rows& rows) {
  image::RowWriter writer(info, nullptr, {.format = "png"});
  writer.write(rows);
  writer.finish();
  return writer.take_bytes();
}

Rows rows_of(std::span<const std::byte> bytes) {
  image::RowReader reader(image::EncodedImage{"-", bytes}, {});
  Rows rows(static_cast<std::size_t>(reader.info().width) * static_cast<std::size_t>(reader.info().height) *
            static_cast<std::size_t>(reader.channels()));
  reader.read(rows);
  return rows;
}

// Through files' bytes, as the program does it; 16 bits, so that nothing hides in rounding.
Rows stylize_rows(Stylizer& stylizer, const image::Info& info, const Rows& photo, const StylizeOptions& options) {
  const std::vector<std::byte> bytes = png_of(info, photo);
  image::RowReader reader(image::EncodedImage{"-", bytes}, {});
  image::RowWriter writer(info, nullptr, {.format = "png"});
  stylizer.stylize(reader, writer, options);
  writer.finish();
  return rows_of(writer.take_bytes());
}

Rows random_photo(const image::Info& info, unsigned seed = 5) {
  std::mt19937 random(seed);
  Rows rows(static_cast<std::size_t>(info.width * info.height * (info.alpha ? 4 : 3)));
  for (auto& v : rows) v = static_cast<std::uint16_t>(info.bits == 8 ? random() % 256 * 257 : random());
  return rows;
}

image::Info info_of(int width, int height, int bits = 16, bool alpha = false) {
  return {.width = width, .height = height, .alpha = alpha, .bits = bits, .format = "", .pages = 1};
}

int largest_difference(const Rows& a, const Rows& b) {
  if (a.size() != b.size()) return 1 << 20;
  int largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(int{a[i]} - int{b[i]}));
  return largest;
}

// In 16-bit steps, of which 257 are one step of 8 bits; 2 were seen. The engine's Winograd kernels sum in groups that
// begin at the window's edge, so that another window rounds otherwise.
constexpr int kSameResult = 4;

TEST_F(StylizerTest, AnyTileSizeEqualsTheWholeImage) {
  for (const ir::PadMode pad : {ir::PadMode::kZero, ir::PadMode::kReflect, ir::PadMode::kReplicate}) {
    Stylizer stylizer(small_net(false, pad), {.threads = 1});
    for (const auto& [width, height] : {std::pair{1, 1}, {7, 5}, {64, 64}, {131, 77}, {33, 200}, {4, 250}}) {
      const image::Info info = info_of(width, height);
      const Rows photo = random_photo(info);
      const Rows whole = stylize_rows(stylizer, info, photo, {.tile_px = 4096});
      for (int tile : {4, 12, 40, 64}) {
        const Rows tiled = stylize_rows(stylizer, info, photo, {.tile_px = tile});
        EXPECT_LE(largest_difference(whole, tiled), kSameResult) << width << "x" << height << " tile " << tile;
      }
    }
  }
}

TEST_F(StylizerTest, AMemoryLimitCutsTheImageAndChangesNothing) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Info info = info_of(700, 500);
  const Rows photo = random_photo(info);
  const auto compiled = engine::compile(small_net());
  const TilePlan plan = plan_tiles(*compiled, 700, 500, 3, 0, 4 << 20);
  EXPECT_GT(plan.columns * plan.rows, 1);
  EXPECT_LE(largest_difference(stylize_rows(stylizer, info, photo, {}),
                               stylize_rows(stylizer, info, photo, {.memory_bytes = 4 << 20})),
            kSameResult);
}

TEST_F(StylizerTest, OurGeneratorIsExactInTiles) {
  weights::Model model;
  model.graph = models::genga_lite({.width = 8});
  model.tensors = transform::random_weights(model.graph, 3);
  Stylizer stylizer(model, {.threads = 1});
  const image::Info info = info_of(700, 333);
  const Rows photo = random_photo(info);
  EXPECT_LE(largest_difference(stylize_rows(stylizer, info, photo, {.tile_px = 8192}),
                               stylize_rows(stylizer, info, photo, {.tile_px = 64})),
            kSameResult);
}

TEST_F(StylizerTest, LongThinImagesWork) {
  Stylizer stylizer(small_net(), {.threads = 1});
  for (const auto& [width, height] : {std::pair{1, 10000}, {10000, 1}}) {
    const image::Info info = info_of(width, height);
    const Rows photo = random_photo(info);
    EXPECT_LE(largest_difference(stylize_rows(stylizer, info, photo, {}),
                                 stylize_rows(stylizer, info, photo, {.tile_px = 256})),
              kSameResult);
  }
}

TEST_F(StylizerTest, StrengthZeroReturnsThePhotoBitForBit) {
  Stylizer stylizer(small_net(), {.threads = 1});
  for (int bits : {8, 16}) {
    const image::Info info = info_of(61, 43, bits, true);
    const Rows photo = random_photo(info);
    EXPECT_EQ(stylize_rows(stylizer, info, photo, {.strength = 0, .keep_color = 1}), photo) << bits;
  }
}

TEST_F(StylizerTest, AlphaIsKept) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Info info = info_of(50, 30, 16, true);
  const Rows photo = random_photo(info);
  const Rows styled = stylize_rows(stylizer, info, photo, {.tile_px = 16});
  for (std::size_t i = 3; i < photo.size(); i += 4) ASSERT_EQ(styled[i], photo[i]);
}

TEST_F(StylizerTest, RangesAndChannelOrderOfTheCardAreHonoured) {
  const image::Info info = info_of(37, 21);
  const Rows photo = random_photo(info);
  for (const auto order : {weights::ChannelOrder::kRgb, weights::ChannelOrder::kBgr}) {
    Stylizer same(
        identity_net({.order = order, .input_low = 0, .input_high = 255, .output_low = 0, .output_high = 255}), {});
    EXPECT_LE(largest_difference(stylize_rows(same, info, photo, {}), photo), 1);
  }
  Stylizer brighter(identity_net({.input_low = -1, .input_high = 1, .output_low = 0, .output_high = 1}), {});
  const Rows clamped = stylize_rows(brighter, info, photo, {});
  for (std::size_t i = 0; i < photo.size(); ++i) {
    ASSERT_NEAR(clamped[i], std::max(0, 2 * int{photo[i]} - 65535), 2);  // v in -1..1 read as 0..1
  }
}

TEST_F(StylizerTest, TheMaskLimitsTheStyle) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Info info = info_of(60, 40);
  const Rows photo = random_photo(info);
  Rows mask_rows;
  for (int i = 0; i < 60 * 40; ++i) mask_rows.insert(mask_rows.end(), 3, i % 60 < 30 ? 0 : 65535);
  const std::vector<std::byte> mask_bytes = png_of(info, mask_rows);
  image::MaskReader mask(image::EncodedImage{"mask", mask_bytes}, 60, 40, 0);
  const Rows masked = stylize_rows(stylizer, info, photo, {.tile_px = 16, .mask = &mask});
  const Rows styled = stylize_rows(stylizer, info, photo, {.tile_px = 16});
  for (std::size_t i = 0; i < photo.size(); ++i) ASSERT_EQ(masked[i], i / 3 % 60 < 30 ? photo[i] : styled[i]);
}

TEST_F(StylizerTest, ProgressEndsAtTheNumberOfPixels) {
  Stylizer stylizer(small_net(), {.threads = 1});
  std::vector<std::int64_t> seen;
  StylizeOptions options{.tile_px = 16};
  options.progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 70 * 50);
    seen.push_back(done);
  };
  stylizer.stylize(test_image(70, 50), options);
  EXPECT_GT(seen.size(), 4U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), 70 * 50);
}

TEST_F(StylizerTest, CancellingStopsAtTheNextTile) {
  Stylizer stylizer(small_net(), {.threads = 1});
  CancelToken cancel;
  int n_tiles = 0;
  StylizeOptions options{.tile_px = 16, .cancel = &cancel};
  options.progress = [&](std::int64_t, std::int64_t) {
    if (++n_tiles == 3) cancel.cancel();
  };
  try {
    stylizer.stylize(test_image(100, 100), options);
    FAIL() << "it was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
  EXPECT_EQ(n_tiles, 3);
}

TEST_F(StylizerTest, AStylizerServesImagesOfChangingSize) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Image first = stylizer.stylize(test_image(40, 30));
  stylizer.stylize(test_image(90, 80));
  EXPECT_EQ(stylizer.stylize(test_image(40, 30)).rgb, first.rgb);
}

double auto_scale(int sized_for, int width, int height) {
  weights::ModelCard card;
  card.sized_for = sized_for;
  return auto_stroke_scale(card, width, height);
}

TEST(AutoStrokeScale, IsOneForTheSizesThatStrokesWereMadeFor) {
  struct Case {
    int sized_for, width, height;
    double expected;
  };
  for (const auto& [sized_for, width, height, expected] :
       {Case{1500, 1, 1, 0.5}, Case{1500, 300, 200, 0.5}, Case{1500, 450, 300, 0.75}, Case{1500, 300, 450, 0.75},
        Case{1500, 600, 400, 1}, Case{1500, 1024, 768, 1}, Case{1500, 1500, 10, 1}, Case{1500, 1920, 1080, 1.25},
        Case{1500, 3000, 2000, 2}, Case{1500, 3024, 4032, 2.75}, Case{1500, 20000, 20000, 3}, Case{1, 2147483647, 1, 3},
        Case{1000000, 1000000, 1, 1}, Case{0, 20000, 20000, 1}, Case{0, 1, 1, 1}}) {
    EXPECT_EQ(auto_scale(sized_for, width, height), expected) << sized_for << ": " << width << " x " << height;
  }
}

TEST(AutoStrokeScale, NeverJumpsByMoreThanAQuarter) {
  for (int side = 301; side <= 4500; ++side) {
    const double before = auto_scale(1500, side - 1, 10), here = auto_scale(1500, side, 10);
    EXPECT_GE(here, before) << side;
    EXPECT_LE(here, 1.2501 * before) << side;
  }
}

weights::Model sized_net(int sized_for, bool norm = false) {
  weights::Model model = small_net(norm);
  model.card.sized_for = sized_for;
  return model;
}

TEST_F(StylizerTest, StrokesGrowWithTheImageUnlessTheirScaleIsGiven) {
  for (const bool norm : {false, true}) {
    Stylizer sized(sized_net(40, norm), {.threads = 1});
    Stylizer unsized(small_net(norm), {.threads = 1});
    const image::Image photo = test_image(75, 50);  // 1.9 times 40
    const image::Image plain = unsized.stylize(photo);
    const image::Image twice = unsized.stylize(photo, {.stroke_scale = 2});
    EXPECT_NE(plain.rgb, twice.rgb);
    EXPECT_EQ(sized.stylize(photo).rgb, twice.rgb);
    EXPECT_EQ(sized.stylize(photo, {.stroke_scale = 1}).rgb, plain.rgb);
    EXPECT_EQ(sized.stylize(photo, {.stroke_scale = 0.5}).rgb, unsized.stylize(photo, {.stroke_scale = 0.5}).rgb);
    EXPECT_EQ(sized.stylize(photo, {.stroke_scale = 3}).rgb, unsized.stylize(photo, {.stroke_scale = 3}).rgb);
    EXPECT_EQ(sized.stylize(photo).rgb, twice.rgb);  // still
  }
}

TEST_F(StylizerTest, SaysWhichStrokeScaleItTook) {
  Stylizer sized(sized_net(40), {.threads = 1});
  const image::Info info = info_of(75, 50, 8);
  const auto scale = [&](const StylizeOptions& options) {
    const std::vector<std::byte> bytes = png_of(info, random_photo(info));
    image::RowReader reader(image::EncodedImage{"-", bytes}, {});
    image::RowWriter writer(info, nullptr, {.format = "png"});
    return sized.stylize(reader, writer, options).stroke_scale;
  };
  EXPECT_EQ(scale({}), 2);
  EXPECT_EQ(scale({.stroke_scale = 3}), 3);
  EXPECT_EQ(scale({.strength = 0}), 1);
}

TEST_F(StylizerTest, AnyTileSizeEqualsTheWholeImageWithScaledStrokes) {
  for (const auto& [sized_for, scale] :
       {std::pair{90, 2.0}, {60, 3.0}, {120, 1.5}, {75, 2.5}, {940, 0.5}, {620, 0.75}}) {
    Stylizer stylizer(sized_net(sized_for), {.threads = 1});
    const image::Info info = info_of(187, 131);
    ASSERT_EQ(auto_stroke_scale(stylizer.model().card, 187, 131), scale);
    const Rows photo = random_photo(info);
    const Rows whole = stylize_rows(stylizer, info, photo, {.tile_px = 4096});
    for (const int tile : {16, 48, 100}) {
      const Rows tiled = stylize_rows(stylizer, info, photo, {.tile_px = tile});
      EXPECT_LE(largest_difference(whole, tiled), kSameResult) << sized_for << ", tile " << tile;
    }
  }
}

TEST_F(StylizerTest, NonsenseOptionsAreRefused) {
  Stylizer stylizer(small_net(), {.threads = 1});
  const image::Image image = test_image(8, 8);
  EXPECT_THROW(stylizer.stylize(image, {.strength = 1.5}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.strength = std::nan("")}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.keep_color = -0.1}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.stroke_scale = -1}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.stroke_scale = 1.3}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.stroke_scale = transform::kMaxStrokeScale + 1}), Error);
  EXPECT_THROW(stylizer.stylize(image, {.tile_px = -4}), Error);
  EXPECT_THROW(stylizer.stylize(image::Image{}, {}), Error);
}

TEST_F(StylizerTest, BrokenWeightsGiveAnErrorAndNoBlackImage) {
  weights::Model model = small_net();
  auto& [name, tensor] = *model.tensors.begin();
  tensor = weights::make_tensor(tensor.dims, std::vector<float>(static_cast<std::size_t>(tensor.size()), NAN));
  Stylizer stylizer(std::move(model), {.threads = 1});
  EXPECT_THROW(stylizer.stylize(test_image(40, 30)), Error);
}

TEST_F(StylizerTest, NetsThatAreNotFromImageToImageAreRefused) {
  const auto refusal = [](ir::Graph graph) {
    weights::Model model;
    model.tensors = transform::random_weights(graph, 1);
    model.graph = std::move(graph);
    try {
      Stylizer stylizer(model, {});
      return ErrorCode::kInternal;
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(refusal(models::dcgan_generator()), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal(models::patch_discriminator(3, 8)), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace genga::stylize
