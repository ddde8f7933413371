// Test that a band gives its memory back.
#include "stylize/row_band.h"

#include <gtest/gtest.h>
#include <malloc.h>

namespace genga::stylize {
namespace {

TEST(RowBand, GivesItsMemoryBack) {
  constexpr int kWidth = 4096, kRows = 4096;  // 96 MiB: too large for the allocator to keep
  const PhotoRows photo{.width = kWidth, .height = kRows, .read = [](std::span<std::uint16_t>) {}};
  const std::size_t before = mallinfo2().hblkhd;
  RowBand band(photo, kRows);
  if (mallinfo2().hblkhd == before) GTEST_SKIP() << "this allocator does not tell what it holds";
  EXPECT_GT(mallinfo2().hblkhd, before);
  band.release();
  EXPECT_EQ(mallinfo2().hblkhd, before);
}

}  // namespace
}  // namespace genga::stylize
