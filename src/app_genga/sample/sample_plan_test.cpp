// Which files a request makes, and which requests are refused.
#include "app_genga/sample/sample_plan.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "genga/error.h"

namespace genga::cli {
namespace {

using Seeds = std::vector<std::uint64_t>;

template <class Work>
std::string message_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "";
}

std::vector<std::string> paths(const std::vector<SampleItem>& items) {
  std::vector<std::string> result;
  for (const auto& item : items) result.push_back(item.path.string());
  return result;
}

using Paths = std::vector<std::string>;

TEST(ParseSeeds, TakesNumbersAndRanges) {
  EXPECT_EQ(parse_seeds("7"), (Seeds{7}));
  EXPECT_EQ(parse_seeds("0,3-7,3"), (Seeds{0, 3, 4, 5, 6, 7, 3}));
  EXPECT_EQ(parse_seeds("18446744073709551615"), (Seeds{18446744073709551615U}));
}

TEST(ParseSeeds, RefusesTheRest) {
  for (const char* text : {"", "a", "-1", "3-", "1,,2", "7-3", "1.5", "18446744073709551616", "1, 2"}) {
    EXPECT_NE(message_of([&] { parse_seeds(text); }).find("expected whole numbers"), std::string::npos) << text;
  }
  for (const char* text : {"0-100000", "0-18446744073709551615", "0-99999,5", "0-50000,0-50000"}) {
    EXPECT_NE(message_of([&] { parse_seeds(text); }).find("at most 100000 seeds"), std::string::npos) << text;
  }
}

TEST(ParseGrid, TakesColumnsAndRows) {
  EXPECT_EQ(parse_grid("8x3").columns, 8);
  EXPECT_EQ(parse_grid("8X3").rows, 3);
  for (const char* text : {"8", "x3", "8x", "0x3", "-1x-1", "101x100", "99999999x99999999"}) {
    EXPECT_NE(message_of([&] { parse_grid(text); }).find("COLUMNSxROWS"), std::string::npos) << text;
  }
}

TEST(PlanSamples, NamesImagesByTheirSeeds) {
  EXPECT_EQ(paths(plan_samples({.seeds = {0, 12345, 0}, .output = "out/"})),
            (Paths{"out/seed-0000.png", "out/seed-12345.png"}));
  EXPECT_EQ(paths(plan_samples({.seeds = {1, 2}, .output = "out", .format = "webp"})),
            (Paths{"out/seed-0001.webp", "out/seed-0002.webp"}));
  EXPECT_EQ(paths(plan_samples({.seeds = {1, 2}, .output = "d/a-{seed}-b.jpg"})),
            (Paths{"d/a-0001-b.jpg", "d/a-0002-b.jpg"}));
  EXPECT_EQ(paths(plan_samples({.seeds = {5}, .output = "a.png"})), (Paths{"a.png"}));
  EXPECT_EQ(paths(plan_samples({.seeds = {5}, .output = "-", .format = "png"})), (Paths{"-"}));
}

TEST(PlanSamples, PutsAllSeedsOnOneContactSheet) {
  const auto plan = plan_samples({.seeds = {4, 5, 6}, .output = "a.png", .grid = {2, 2}});
  ASSERT_EQ(plan.size(), 1U);
  EXPECT_EQ(plan[0].kind, SampleKind::kContactSheet);
  EXPECT_EQ(plan[0].points.size(), 3U);
  EXPECT_EQ(paths(plan_samples({.seeds = {4}, .output = "out/", .grid = {2, 2}})), (Paths{"out/sheet.png"}));
  EXPECT_EQ(message_of([] { plan_samples({.seeds = {1, 2, 3}, .output = "a.png", .grid = {2, 1}}); }),
            "--grid 2x1 has 2 places, but there are 3 seeds");
}

TEST(PlanSamples, TheOutputDecidesWhatAWayBecomes) {
  const auto plan = [](const char* output, const char* format = "") {
    return plan_samples({.seeds = {1, 2}, .output = output, .format = format, .interpolate = 2});
  };
  EXPECT_EQ(plan("a.mp4")[0].kind, SampleKind::kVideo);
  EXPECT_EQ(plan("a.GIF")[0].kind, SampleKind::kAnimation);
  EXPECT_EQ(plan("-", "webp")[0].kind, SampleKind::kAnimation);
  EXPECT_EQ(plan("a.gif")[0].points.size(), 3U);
  EXPECT_EQ(paths(plan("out/")), (Paths{"out/frame-00000.png", "out/frame-00001.png", "out/frame-00002.png"}));
  EXPECT_EQ(paths(plan("f{frame}.jpg")), (Paths{"f00000.jpg", "f00001.jpg", "f00002.jpg"}));
  const auto frames = plan("out");
  EXPECT_EQ(frames[1].kind, SampleKind::kFrame);
  EXPECT_EQ(frames[1].points[0].from, 1U);
  EXPECT_EQ(frames[1].points[0].to, 2U);
  EXPECT_EQ(frames[1].points[0].t, 0.5);
}

TEST(PlanSamples, SaysWhatTheOutputCannotBe) {
  const auto of = [](SampleRequest request) { return message_of([&] { plan_samples(request); }); };
  EXPECT_EQ(of({.seeds = {1, 2}, .output = "d/a.png"}),
            "output 'd/a.png' is one image's name, but there are 2: give a folder or a pattern like 'd/a-{seed}.png'");
  EXPECT_EQ(of({.seeds = {1, 2}, .output = "-", .format = "png"}), "output '-' takes one image; give -o a folder");
  EXPECT_EQ(of({.seeds = {1}, .output = "a.mp4"}), "output 'a.mp4' is a video's name: add --interpolate N");
  EXPECT_EQ(of({.seeds = {1}, .output = "name"}), "output 'name' has no suffix: add one, or name a format with -f");
  EXPECT_NE(of({.seeds = {1}, .output = "a.xyz"}).find("'.xyz' is no format that can be written"), std::string::npos);
  EXPECT_NE(of({.seeds = {1}, .output = "a/", .format = "pngg"}).find("did you mean 'png'?"), std::string::npos);
  EXPECT_EQ(of({.seeds = {1, 2}, .output = "a.png", .interpolate = 4}),
            "output 'a.png' as png is one image, but --interpolate makes 5 frames: name a .gif, .webp or .mp4, a "
            "folder, or a pattern with {frame}");
  EXPECT_EQ(of({.seeds = {1}, .output = "a.gif", .interpolate = 4}),
            "--interpolate needs at least two seeds to go between; add --seeds 0-3");
  EXPECT_NE(of({.seeds = Seeds(1000), .output = "a.gif", .interpolate = 100000}).find("more than 1000000 frames"),
            std::string::npos);
}

}  // namespace
}  // namespace genga::cli
