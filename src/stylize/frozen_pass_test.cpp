// Tests of the reduced pass that freezes statistics, of the averaging that reduces, and of the rows spooled to disk.
#include "stylize/frozen_pass.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "genga/error.h"
#include "stylize/row_spool.h"
#include "stylize/test_nets.h"

namespace genga::stylize {
namespace {

PhotoRows rows_of(const std::vector<std::uint16_t>& samples, int width, int height, int channels, int bits,
                  std::size_t& position) {
  return {
      .width = width, .height = height, .channels = channels, .bits = bits, .read = [&](std::span<std::uint16_t> dst) {
        std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(position), dst.size(), dst.begin());
        position += dst.size();
      }};
}

double mean_difference(const image::Image& a, const image::Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::abs(int{a.rgb[i]} - int{b.rgb[i]});
  return sum / static_cast<double>(a.rgb.size());
}

TEST(RowSpool, GivesBackWhatItGot) {
  for (int bits : {8, 16}) {
    std::vector<std::uint16_t> samples;
    for (int i = 0; i < 20 * 10 * 4; ++i)
      samples.push_back(static_cast<std::uint16_t>(bits == 8 ? i % 256 * 257 : i * 81));
    std::size_t position = 0;
    RowSpool spool(rows_of(samples, 20, 10, 4, bits, position));
    for (std::size_t y = 0; y < 10; ++y) spool.append(std::span(samples).subspan(y * 80, 80));
    for (int pass = 0; pass < 2; ++pass) {
      const PhotoRows rows = spool.rows();
      std::vector<std::uint16_t> back(samples.size());
      rows.read(std::span(back).first(80));
      rows.read(std::span(back).subspan(80));
      EXPECT_EQ(back, samples) << bits;
    }
  }
}

TEST(RowSpool, SaysWhenThereIsNoTemporaryFolder) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/no/such/folder", 1);
  std::vector<std::uint16_t> samples;
  std::size_t position = 0;
  try {
    RowSpool spool(rows_of(samples, 1, 1, 3, 8, position));
    ADD_FAILURE() << "a folder was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos) << error.what();
  } catch (...) {
    ADD_FAILURE() << "not an Error of ours";
  }
  before != nullptr ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
}

TEST(Reducer, AveragesBlocksAndWhatIsLeftOver) {
  const std::vector<std::uint16_t> samples{0, 0, 0, 10, 10, 10, 4, 4, 4, 20, 20, 20, 30, 30, 30, 6, 6, 6};
  std::size_t position = 0;
  Reducer reducer(rows_of(samples, 3, 2, 3, 16, position), 2);
  reducer.add(std::span(samples).first(9));
  reducer.add(std::span(samples).subspan(9));
  EXPECT_EQ(reducer.width(), 2);
  EXPECT_EQ(reducer.height(), 1);
  EXPECT_EQ(reducer.pixels(), (std::vector<std::uint16_t>{15, 15, 15, 5, 5, 5}));
}

TEST(FrozenStatistics, EqualTheWholeImageWhenThePassIsNotReduced) {
  Stylizer stylizer(small_net(true), {.threads = 1});
  const image::Image photo = test_image(200, 160);
  const image::Image whole = stylizer.stylize(photo);
  const image::Image tiled = stylizer.stylize(photo, {.tile_px = 64});
  EXPECT_LT(mean_difference(whole, tiled), 0.05);
}

TEST(FrozenStatistics, AreCloseToTheWholeImageWhenMemoryReducesThePass) {
  Stylizer stylizer(small_net(true), {.threads = 1});
  // As smooth as photos are: what a reduced image no longer shows cannot be in its statistics.
  const image::Image photo = image::resize(test_image(90, 70), 900, 700);
  const auto compiled = engine::compile(small_net(true));
  const std::int64_t memory = 6 << 20;
  ASSERT_TRUE(plan_tiles(*compiled, 900, 700, 3, 0, memory).frozen_statistics);
  EXPECT_LT(mean_difference(stylizer.stylize(photo), stylizer.stylize(photo, {.memory_bytes = memory})), 10);
}

TEST(FrozenStatistics, LeaveNoSeamsBetweenTiles) {
  Stylizer stylizer(small_net(true), {.threads = 1});
  const image::Image photo = test_image(300, 200);
  const image::Image small = stylizer.stylize(photo, {.tile_px = 40});
  const image::Image large = stylizer.stylize(photo, {.tile_px = 120});
  EXPECT_LE(mean_difference(small, large), 0.05);
}

}  // namespace
}  // namespace genga::stylize
