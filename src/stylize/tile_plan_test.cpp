// Tests of padding and tiles: every pixel once, within memory, aligned, with few questions to the engine.
#include "stylize/tile_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "genga/error.h"
#include "genga/transform.h"

namespace genga::stylize {
namespace {

// A net with a given receptive field whose activations take a fixed number of bytes a pixel.
class FakeModel : public engine::CompiledModel {
 public:
  FakeModel(ir::Graph graph, std::int64_t bytes_a_pixel)
      : graph_(std::move(graph)), receptive_field_(ir::receptive_field(graph_)), bytes_a_pixel_(bytes_a_pixel) {}
  const ir::Graph& graph() const override { return graph_; }
  ir::ReceptiveField receptive_field() const override {
    ++n_fields;
    return receptive_field_;
  }
  std::unique_ptr<engine::Session> session(std::int64_t, std::int64_t) const override { return nullptr; }
  std::int64_t session_bytes(std::int64_t h, std::int64_t w) const override {
    ++n_asked;
    return h * w * bytes_a_pixel_ + 4096;
  }
  std::string describe(std::int64_t, std::int64_t) const override { return ""; }
  mutable int n_asked = 0, n_fields = 0;  // calls of session_bytes() and receptive_field()

 private:
  ir::Graph graph_;
  ir::ReceptiveField receptive_field_;
  std::int64_t bytes_a_pixel_;
};

// Halves and doubles n times, with one 3x3 convolution at each scale: multiple 2^n, border a little above 2^(n+1).
ir::Graph hourglass(int n, bool norm = false) {
  ir::Graph g;
  auto x = g.add("x", ir::Input{});
  for (int i = 0; i < n; ++i) {
    x = g.add("down" + std::to_string(i), ir::Conv2d{.out = 4, .stride = 2, .pad = {1, 1, 1, 1}}, {x});
  }
  if (norm) x = g.add("norm", ir::InstanceNorm{}, {x});
  for (int i = 0; i < n; ++i) x = g.add("up" + std::to_string(i), ir::Upsample{}, {x});
  x = g.add("out", ir::Conv2d{.out = 3, .pad = {1, 1, 1, 1}}, {x});
  g.set_output(x);
  return g;
}

void expect_covers_once(const std::vector<TileSpan>& spans, int length, int window, int border) {
  int covered = 0;
  for (const TileSpan& span : spans) {
    ASSERT_EQ(span.begin, covered);
    ASSERT_GT(span.end, span.begin);
    ASSERT_GE(span.window, 0);
    ASSERT_LE(span.window + window, length);
    ASSERT_TRUE(span.window == 0 || span.begin - span.window >= border);
    ASSERT_TRUE(span.window + window == length || span.window + window - span.end >= border);
    covered = span.end;
  }
  ASSERT_EQ(covered, length);
}

TEST(CutLine, CoversEveryPixelExactlyOnceWithItsBorder) {
  for (int length = 1; length < 60; ++length) {
    for (int border = 0; border < 7; ++border) {
      for (int window = 2 * border + 1; window <= length; ++window) {
        SCOPED_TRACE(fmt::format("length {} window {} border {}", length, window, border));
        expect_covers_once(cut_line(length, window, border), length, window, border);
      }
      expect_covers_once(cut_line(length, length, border), length, length, border);
    }
  }
}

TEST(CutLine, UsesAsFewWindowsAsPossible) {
  EXPECT_EQ(cut_line(100, 100, 10).size(), 1U);
  EXPECT_EQ(cut_line(100, 60, 10).size(), 2U);  // 50 + 50
  EXPECT_EQ(cut_line(100, 59, 10).size(), 3U);
}

PaddedSize padded_size(const ir::Graph& graph, int width, int height) {
  return padded_size(size_rule(graph, ir::receptive_field(graph).multiple), width, height);
}

TEST(PaddedSize, IsAMultipleAndLargeEnoughForReflection) {
  const PaddedSize size = padded_size(hourglass(3), 17, 64);
  EXPECT_EQ(size.width, 24);
  EXPECT_EQ(size.height, 64);
  ir::Graph g;
  auto x = g.add("x", ir::Input{});
  x = g.add("c", ir::Conv2d{.out = 3, .kernel = 7, .pad = {3, 3, 3, 3}, .pad_mode = ir::PadMode::kReflect}, {x});
  g.set_output(x);
  EXPECT_EQ(padded_size(g, 1, 9).width, 4);
  EXPECT_EQ(padded_size(g, 1, 9).height, 9);
}

TEST(TilePlan, IsTheWholeImageWhenThatFits) {
  const FakeModel model(hourglass(2), 100);
  const TilePlan plan = plan_tiles(model, 500, 300, 3, 0, std::int64_t{1} << 30);
  EXPECT_EQ(plan.columns * plan.rows, 1);
  EXPECT_EQ(plan.tile_w, 500);
  EXPECT_EQ(plan.tile_h, 300);
  EXPECT_EQ(plan.border, 0);
}

TEST(TilePlan, TakesLittleMemoryWhereThatIsPossibleAndElseWhatThereIs) {
  const FakeModel model(hourglass(2), 100);
  constexpr std::int64_t kMemory = std::int64_t{1} << 30;
  const TilePlan whole = plan_tiles(model, 900, 700, 3, 0, kMemory);
  ASSERT_EQ(whole.columns * whole.rows, 1);
  const TilePlan little = plan_tiles(model, 900, 700, 3, 0, kMemory, whole.bytes / 3);
  EXPECT_GT(little.columns * little.rows, 1);
  EXPECT_LE(little.bytes, whole.bytes / 3);
  EXPECT_EQ(plan_tiles(model, 900, 700, 3, 0, kMemory, 1 << 10).bytes, whole.bytes);  // no tile is so small
  EXPECT_EQ(plan_tiles(model, 900, 700, 3, 0, kMemory, kMemory).bytes, whole.bytes);
}

TEST(TilePlan, StaysWithinMemoryAndIsAligned) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const FakeModel model(hourglass(static_cast<int>(random() % 4)), 20 + random() % 300);
    const ir::ReceptiveField receptive_field = model.receptive_field();
    const int width = 1 + static_cast<int>(random() % 9000), height = 1 + static_cast<int>(random() % 9000);
    const std::int64_t memory = (std::int64_t{1} << 24) << random() % 6;
    SCOPED_TRACE(fmt::format("{} x {} in {}", width, height, memory));
    const TilePlan plan = plan_tiles(model, width, height, 3, 0, memory);
    EXPECT_LE(plan.bytes, memory);
    EXPECT_EQ(plan.tile_w % receptive_field.multiple, 0);
    EXPECT_EQ(plan.tile_h % receptive_field.multiple, 0);
    const PaddedSize padded = padded_size(model.graph(), width, height);
    const int window = window_length(padded.width, plan.tile_w, plan.border);
    const auto columns = cut_line(padded.width, window, plan.border);
    EXPECT_EQ(static_cast<int>(columns.size()), plan.columns);
    expect_covers_once(columns, padded.width, window, plan.border);
    for (const TileSpan& span : columns) EXPECT_EQ(span.window % receptive_field.multiple, 0);
    EXPECT_LT(model.n_asked, 20) << "asking the engine is slow";
  }
}

TEST(TilePlan, AsksForTheReceptiveFieldOnce) {
  const FakeModel model(hourglass(3), 300);
  EXPECT_GT(plan_tiles(model, 20000, 20000, 3, 0, std::int64_t{1} << 28).columns, 1);
  EXPECT_EQ(model.n_fields, 1);
}

TEST(TilePlan, WastesLittleWhenMemoryIsAmple) {
  const FakeModel model(hourglass(3), 300);
  const TilePlan plan = plan_tiles(model, 20000, 20000, 3, 0, std::int64_t{1} << 30);
  const PaddedSize padded = padded_size(model.graph(), 20000, 20000);
  const double computed = static_cast<double>(plan.columns) * window_length(padded.width, plan.tile_w, plan.border) *
                          plan.rows * window_length(padded.height, plan.tile_h, plan.border);
  EXPECT_LT(computed / (20000.0 * 20000.0), 1.15);
}

TEST(TilePlan, HonoursARequestedTile) {
  const FakeModel model(hourglass(2), 100);
  const TilePlan plan = plan_tiles(model, 1000, 1000, 3, 130, std::int64_t{1} << 30);
  EXPECT_EQ(plan.tile_w, 132) << "rounded up to the multiple";
  EXPECT_EQ(plan.tile_h, 132);
  EXPECT_EQ(plan_tiles(model, 1000, 1000, 3, 100000, std::int64_t{1} << 30).columns, 1);
  EXPECT_THROW(plan_tiles(model, 1000, 1000, 3, 900, 1 << 20), Error);
}

TEST(TilePlan, ARequestedTileLargerThanAnyImageIsTheWholeImage) {
  const FakeModel model(hourglass(2), 100);
  for (int tile_px : {5000, std::numeric_limits<int>::max() - 1, std::numeric_limits<int>::max()}) {
    const TilePlan plan = plan_tiles(model, 1000, 700, 3, tile_px, std::int64_t{1} << 40);
    EXPECT_EQ(plan.columns * plan.rows, 1) << tile_px;
  }
}

TEST(TilePlan, AsksNoMoreOfASessionThanTheEngineCanServe) {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{});
  x = graph.add("wide", ir::Conv2d{.out = 64, .pad = {1, 1, 1, 1}}, {x});
  x = graph.add("out", ir::Conv2d{.out = 3, .pad = {1, 1, 1, 1}}, {x});
  graph.set_output(x);
  const auto model = engine::compile(
      {.graph = graph, .tensors = transform::random_weights(graph, 1), .card = {}, .sha256 = {}, .extra = {}},
      {.threads = 1});
  constexpr std::int64_t kPlenty = std::int64_t{1} << 45;
  const TilePlan plan = plan_tiles(*model, 9000, 9000, 3, 0, kPlenty);
  EXPECT_NO_THROW(model->describe(plan.tile_h + 2 * plan.border, plan.tile_w + 2 * plan.border));
  EXPECT_THROW(plan_tiles(*model, 9000, 9000, 3, 9000, kPlenty), Error);
}

TEST(TilePlan, SaysWhatItNeedsWhenNotEvenTheSmallestTileFits) {
  const FakeModel model(hourglass(3), 1000);
  try {
    plan_tiles(model, 5000, 5000, 3, 0, 100'000);
    FAIL() << "it cannot fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOutOfMemory);
    EXPECT_NE(std::string(error.what()).find("smallest tiles"), std::string::npos) << error.what();
  }
}

TEST(TilePlan, WholeImageNormsAreFrozenOnlyWhenTheImageDoesNotFit) {
  const FakeModel model(hourglass(2, true), 100);
  EXPECT_FALSE(plan_tiles(model, 500, 500, 3, 0, std::int64_t{1} << 28).frozen_statistics);
  const TilePlan plan = plan_tiles(model, 5000, 5000, 3, 0, std::int64_t{1} << 28);
  EXPECT_TRUE(plan.frozen_statistics);
  EXPECT_GT(plan.columns * plan.rows, 1);
  EXPECT_LT(plan.border, 100);
}

TEST(TilePlan, GlobalNetsWithoutStatisticsCannotBeCut) {
  ir::Graph g;
  auto x = g.add("x", ir::Input{});
  x = g.add("down", ir::Conv2d{.out = 3, .stride = 2, .pad = {1, 1, 1, 1}}, {x});
  x = g.add("up", ir::Upsample{.factor = 2, .mode = ir::UpsampleMode::kAlignCorners}, {x});
  g.set_output(x);
  const FakeModel model(g, 100);
  EXPECT_EQ(plan_tiles(model, 500, 500, 3, 64, std::int64_t{1} << 28).columns, 1);
  try {
    plan_tiles(model, 5000, 5000, 3, 0, std::int64_t{1} << 28);
    FAIL() << "it cannot fit";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'up'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace genga::stylize
