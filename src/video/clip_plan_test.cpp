// Tests of where videos are cut.
#include "video/clip_plan.h"

#include <gtest/gtest.h>

namespace genga::video {
namespace {

constexpr CutOptions kAll{.begin_pts = INT64_MIN, .end_pts = INT64_MAX, .part_ticks = 1};

/// Key packets at multiples of `gop`, no reordering.
std::vector<PacketTime> packets(int n, int gop) {
  std::vector<PacketTime> result;
  for (int i = 0; i < n; ++i) result.push_back({.pts = i, .dts = i, .key = i % gop == 0});
  return result;
}

std::vector<std::int64_t> begins(const std::vector<ClipPart>& parts) {
  std::vector<std::int64_t> result;
  for (const ClipPart& part : parts) result.push_back(part.begin_pts);
  return result;
}

TEST(CutParts, CutsAtKeyPacketsNotOftenerThanAsked) {
  EXPECT_EQ(begins(cut_parts(packets(10, 3), kAll)), (std::vector<std::int64_t>{INT64_MIN, 3, 6, 9}));
  CutOptions longer = kAll;
  longer.part_ticks = 4;
  const auto parts = cut_parts(packets(10, 3), longer);
  EXPECT_EQ(begins(parts), (std::vector<std::int64_t>{INT64_MIN, 6}));
  EXPECT_EQ(parts[0].n_frames, 6);
  EXPECT_EQ(parts[1].n_frames, 4);
  EXPECT_EQ(parts[0].key_pts, kFromTheStart);
  EXPECT_EQ(parts[1].key_pts, 6);
}

TEST(CutParts, FramesShownBeforeTheirKeyBelongToThePartBefore) {
  // Decoded 0 3 1 2 | 6 4 5 7: the second key packet is shown after 4 and 5, which follow it.
  const std::vector<PacketTime> open{{0, 0, true}, {3, 1, false}, {1, 2, false}, {2, 3, false},
                                     {6, 4, true}, {4, 5, false}, {5, 6, false}, {7, 7, false}};
  const auto parts = cut_parts(open, kAll);
  ASSERT_EQ(begins(parts), (std::vector<std::int64_t>{INT64_MIN, 6}));
  EXPECT_EQ(parts[0].n_frames, 6);
  EXPECT_EQ(parts[1].n_frames, 2);
}

TEST(CutParts, NeverCutsWhereTimesGoBack) {
  std::vector<PacketTime> twice = packets(4, 2);
  for (const PacketTime& packet : packets(4, 2)) twice.push_back(packet);
  EXPECT_EQ(cut_parts(twice, kAll).size(), 1U);
  EXPECT_EQ(cut_parts(twice, kAll)[0].n_frames, 8);
}

TEST(CutParts, LeavesOutWhatIsNotWanted) {
  const auto parts = cut_parts(packets(12, 3), {.begin_pts = 4, .end_pts = 10, .part_ticks = 1});
  ASSERT_EQ(begins(parts), (std::vector<std::int64_t>{4, 6, 9}));
  EXPECT_EQ(parts[0].key_pts, 3);
  EXPECT_EQ(parts[0].n_frames, 2);
  EXPECT_EQ(parts[2].end_pts, 10);
  EXPECT_EQ(parts[2].n_frames, 1);
  EXPECT_TRUE(cut_parts(packets(12, 3), {.begin_pts = 50, .end_pts = 60, .part_ticks = 1}).empty());
  EXPECT_TRUE(cut_parts({}, kAll).empty());
}

}  // namespace
}  // namespace genga::video
