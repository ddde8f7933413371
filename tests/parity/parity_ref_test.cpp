// What can be tested with the reference interpreter alone: text form, shapes, receptive field, frozen norms.
#include <gtest/gtest.h>

#include <algorithm>

#include "genga/transform.h"
#include "parity/op_cases.h"
#include "parity/random_graph.h"

namespace genga::parity {
namespace {

class EveryCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(EveryCase, SurvivesItsTextForm) {
  const ir::Graph& graph = GetParam().graph;
  EXPECT_TRUE(ir::same_graph(graph, ir::parse_graph(ir::to_text(graph)))) << ir::to_text(graph);
}

class SmallCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Op, SmallCase, testing::ValuesIn(op_cases()), [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Pattern, SmallCase, testing::ValuesIn(pattern_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(SmallCase, ResultHasTheInferredShape) {
  const Case& c = GetParam();
  const ref::Array result = ref::run(c.graph, case_weights(c.graph, c.seed), case_input(c.input, c.seed));
  EXPECT_EQ(result.shape, ir::infer_shapes(c.graph, c.input).at(static_cast<std::size_t>(c.graph.output())));
  EXPECT_EQ(static_cast<std::int64_t>(result.values.size()), result.shape.size());
}

ref::Array crop(const ref::Array& src, const ir::Shape& size, std::int64_t top, std::int64_t left) {
  ref::Array dst{{1, src.shape.c, size.h, size.w}, {}};
  for (std::int64_t c = 0; c < src.shape.c; ++c) {
    for (std::int64_t y = 0; y < size.h; ++y) {
      const auto row = src.values.begin() + ((c * src.shape.h + top + y) * src.shape.w + left);
      dst.values.insert(dst.values.end(), row, row + size.w);
    }
  }
  return dst;
}

/// A tile with the border that the receptive field asks for, inside the image and in two corners.
void expect_tiles_equal_whole(const ir::Graph& graph, const weights::TensorMap& tensors, int channels) {
  const ir::ReceptiveField receptive_field = ir::receptive_field(graph);
  const std::int64_t m = receptive_field.multiple;
  const std::int64_t border = receptive_field.border_px;
  const std::int64_t tile_px = m >= 8 ? m : 8 / m * m;
  const std::int64_t side = 2 * border + tile_px + 2 * m;
  const ref::Array src = case_input({1, channels, side, side}, 5);
  const ref::Array whole = ref::run(graph, tensors, src);
  ASSERT_EQ(whole.shape.h, side);
  ASSERT_EQ(whole.shape.w, side);
  const ir::Shape tile{1, whole.shape.c, tile_px, tile_px};
  const auto check = [&](std::int64_t first, std::int64_t before, std::int64_t after) {
    const std::int64_t seen = before + tile_px + after;
    const ref::Array part = ref::run(graph, tensors, crop(src, {1, 0, seen, seen}, first - before, first - before));
    EXPECT_LE(relative_error(crop(whole, tile, first, first).values, crop(part, tile, before, before).values), 1e-6)
        << "tile at " << first << " of " << side << ", border " << border << ", multiple " << m;
  };
  check(border + m, border, border);
  check(0, 0, border);
  check(side - tile_px, border, 0);
}

/// Whether results have the image's size: others cannot be cut into the same tiles.
bool tiles_apply(const Case& c) {
  if (!ir::receptive_field(c.graph).local) return false;
  const ir::Shape dst = ir::infer_shapes(c.graph, c.input).at(static_cast<std::size_t>(c.graph.output()));
  return dst.h == c.input.h && dst.w == c.input.w;
}

std::vector<Case> tileable_cases() {
  std::vector<Case> cases = op_cases();
  cases.insert(cases.end(), pattern_cases().begin(), pattern_cases().end());
  std::erase_if(cases, [](const Case& c) { return !tiles_apply(c); });
  return cases;
}

class TileableCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, TileableCase, testing::ValuesIn(tileable_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(TileableCase, TileEqualsWhole) {
  const Case& c = GetParam();
  expect_tiles_equal_whole(c.graph, case_weights(c.graph, c.seed), static_cast<int>(c.input.c));
}

TEST(Tiles, OfGengaLiteEqualTheWhole) {
  const Case& c = model_cases().front();
  ASSERT_EQ(c.name, "genga_lite");
  expect_tiles_equal_whole(c.graph, case_weights(c.graph, c.seed), 3);
}

TEST(Tiles, OfRandomLocalGraphsEqualTheWhole) {
  int n_checked = 0;
  for (std::uint64_t seed = 1; seed <= 800; ++seed) {
    Case c = random_case(seed);
    c.graph = ir::subgraph(c.graph, c.graph.output());  // dead nodes bind sizes, but do not count in the border
    if (!tiles_apply(c) || ir::receptive_field(c.graph).border_px > 48) continue;
    SCOPED_TRACE(ir::to_text(c.graph));
    expect_tiles_equal_whole(c.graph, case_weights(c.graph, c.seed), static_cast<int>(c.input.c));
    ++n_checked;
  }
  EXPECT_GE(n_checked, 30);
}

TEST(FrozenNorms, GiveTheSameResultOnTheSameImage) {
  int n_frozen = 0;
  for (const Case& c : all_cases()) {
    const ir::ReceptiveField receptive_field = ir::receptive_field(transform::with_stored_norms(c.graph));
    if (ir::receptive_field(c.graph).local || !receptive_field.local || c.input.h == 1) continue;
    SCOPED_TRACE(c.name);
    weights::NormStatistics statistics;
    const weights::Model model = case_model(c);
    const ref::Array input = case_input(c.input, c.seed);
    const ref::Array whole = ref::run(model.graph, model.tensors, input, &statistics);
    const weights::Model frozen = transform::freeze_norms(model, statistics);
    EXPECT_TRUE(ir::same_graph(ir::parse_graph(ir::to_text(frozen.graph)), frozen.graph));
    EXPECT_LE(relative_error(whole.values, ref::run(frozen.graph, frozen.tensors, input).values),
              std::max(1e-5, c.tolerance));
    ++n_frozen;
  }
  EXPECT_GE(n_frozen, 20);
}

}  // namespace
}  // namespace genga::parity
