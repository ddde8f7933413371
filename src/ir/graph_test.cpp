// Building graphs, inferring shapes and counting; what a hostile graph may not do.

#include "genga/graph.h"

#include <gtest/gtest.h>

#include <limits>

#include "genga/error.h"

namespace genga::ir {
namespace {

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Graph, RefusesWhatMakesNoSenseAndNamesTheNode) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  EXPECT_EQ(message_of([&] { g.add("c", Conv2d{.out = 0}, {x}); }), "Conv2d 'c': out is 0, expected 1 to 1048576");
  EXPECT_EQ(message_of([&] { g.add("x", Add{}, {x, x}); }), "Add 'x': the name is taken already");
  EXPECT_EQ(message_of([&] { g.add("a", Add{}, {x}); }), "Add 'a': has 1 sources, expected 2 to 16");
  EXPECT_EQ(message_of([&] { g.add("c", Conv2d{.out = 4}, {7}); }), "Conv2d 'c': source 7 does not exist");
  EXPECT_EQ(message_of([&] { g.add("y", Input{}); }), "Input 'y': a graph has one Input, and it comes first");
  EXPECT_NE(message_of([&] { g.add("a b", Activation{}, {x}); }).find("letters"), std::string::npos);
}

TEST(Shapes, FollowStridesPadsAndShuffles) {
  Graph g;
  NodeId x = g.add("x", Input{});
  x = g.add("down", PixelUnshuffle{.factor = 2}, {x});
  x = g.add("conv", Conv2d{.out = 8, .kernel = 3, .stride = 2, .pad = {0, 0, 1, 1}}, {x});
  x = g.add("up", Upsample{.factor = 2}, {x});
  x = g.add("up2", ConvTranspose2d{.out = 4, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1}, {x});
  x = g.add("shuffle", PixelShuffle{.factor = 2}, {x});
  g.set_output(x);
  const std::vector<Shape> shapes = infer_shapes(g, {1, 3, 32, 48});
  EXPECT_EQ(shapes[1], (Shape{1, 12, 16, 24}));
  EXPECT_EQ(shapes[2], (Shape{1, 8, 8, 12}));
  EXPECT_EQ(shapes[3], (Shape{1, 8, 16, 24}));
  EXPECT_EQ(shapes[4], (Shape{1, 4, 32, 48}));
  EXPECT_EQ(shapes[5], (Shape{1, 1, 64, 96}));
}

TEST(Shapes, ErrorsNameTheNodeAndTheShape) {
  Graph g;
  NodeId x = g.add("x", Input{});
  g.add("down", PixelUnshuffle{.factor = 2}, {x});
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 3, 33, 48}); }),
            "PixelUnshuffle 'down': source height is 33, expected a multiple of 2");
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 4, 32, 48}); }), "the input is [1,4,32,48], expected [any,3,any,any]");
}

TEST(Shapes, TooSmallToReflectIsSaid) {
  Graph g;
  NodeId x = g.add("x", Input{});
  g.add("c", Conv2d{.out = 2, .kernel = 7, .pad = {3, 3, 3, 3}, .pad_mode = PadMode::kReflect}, {x});
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 3, 3, 8}); }),
            "Conv2d 'c': source [1,3,3,8] is too small to reflect 3 pixels");
}

TEST(Counts, MatchHandArithmetic) {
  Graph g;
  NodeId x = g.add("x", Input{});
  x = g.add("c", Conv2d{.out = 8, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  x = g.add("d", Conv2d{.out = 8, .kernel = 3, .pad = {1, 1, 1, 1}, .groups = 8, .bias = false}, {x});
  x = g.add("n", BatchNorm{}, {x});
  g.set_output(x);
  EXPECT_EQ(count_parameters(g), 8 * 3 * 9 + 8 + 8 * 9 + 16);
  EXPECT_EQ(count_macs(g, {1, 3, 10, 10}), 100 * (8 * 3 * 9 + 8 * 9));
  EXPECT_EQ(weight_specs(g).size(), 2 + 1 + 4U);
}

TEST(Counts, OfHostileGraphsSaturate) {
  Graph g;
  NodeId x = g.add("x", Input{});
  for (int i = 0; i < 12; ++i)
    x = g.add("c" + std::to_string(i), Conv2d{.out = 1 << 20, .kernel = 1000, .pad = {500, 500, 499, 499}}, {x});
  g.set_output(x);
  EXPECT_EQ(count_macs(g, {1, 3, 64, 64}), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(message_of([&] { count_parameters(g); }),
            "Conv2d 'c0': weight would be [1048576,3,1000,1000], more than 1099511627776 elements");
}

TEST(Limits, OfFixedSizesHoldWhenANodeIsAdded) {
  Graph g;
  EXPECT_EQ(message_of([&] { g.add("x", Input{.channels = 1 << 20, .height = 1 << 24, .width = 1 << 24}); }),
            "Input 'x': [1,1048576,16777216,16777216] has more than 1099511627776 elements");
  const NodeId x = g.add("x", Input{.channels = 1, .height = 1 << 20, .width = 1 << 20});  // exactly the limit
  EXPECT_EQ(message_of([&] { g.add("r", Reshape{.channels = 2, .height = 1 << 20, .width = 1 << 20}, {x}); }),
            "Reshape 'r': [1,2,1048576,1048576] has more than 1099511627776 elements");
}

TEST(Limits, OfImagesHoldWhenShapesAreInferred) {
  Graph g;
  const NodeId x = g.add("x", Input{.channels = 1 << 20});
  g.set_output(g.add("pool", GlobalPool{}, {x}));
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 1 << 20, 1 << 24, 1 << 24}); }),
            "Input 'x': [1,1048576,16777216,16777216] has more than 1099511627776 elements");
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 1 << 20, std::int64_t{1} << 50, 1}); }),
            "Input 'x': a side of [1,1048576,1125899906842624,1] is 1125899906842624, expected at most 16777216");
}

TEST(Limits, OfResultsNameTheNode) {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 1});
  x = g.add("up", Upsample{.factor = 16}, {x});
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 1, 1 << 16, 1 << 17}); }),
            "Upsample 'up': result would be too large: [1,1,1048576,2097152] has more than 1099511627776 elements");
}

TEST(Limits, OfWeightsNameTheNode) {
  Graph g;
  const NodeId x = g.add("x", Input{.channels = 1, .height = 1 << 20, .width = 1 << 20});
  g.set_output(g.add("fc", Linear{.out = 1 << 20}, {x}));
  EXPECT_EQ(message_of([&] { weight_specs(g); }),
            "Linear 'fc': weight would be [1048576,1099511627776], more than 1099511627776 elements");
}

TEST(Accepts, IsWhetherShapesCanBeInferred) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  g.set_output(
      g.add("mirrored", Conv2d{.out = 1, .kernel = 9, .pad = {4, 4, 4, 4}, .pad_mode = PadMode::kReflect}, {x}));
  EXPECT_TRUE(accepts(g, {1, 3, 5, 5}));
  EXPECT_FALSE(accepts(g, {1, 3, 4, 5}));  // four pixels cannot be mirrored four deep
  EXPECT_FALSE(accepts(g, {1, 2, 5, 5}));
  EXPECT_FALSE(accepts(g, {0, 3, 5, 5}));
}

TEST(Counts, LinearNeedsAFixedInput) {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 2});
  g.add("fc", Linear{.out = 5}, {x});
  EXPECT_NE(message_of([&] { weight_specs(g); }).find("fixed height"), std::string::npos);
}

TEST(Counts, LinearBehindAGlobalPoolTakesAnyImage) {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 2});
  x = g.add("pool", GlobalPool{}, {x});
  g.add("fc", Linear{.out = 5}, {x});
  EXPECT_EQ(count_parameters(g), 2 * 5 + 5);
}

TEST(Counts, LinearBesideAGlobalPoolStillNeedsAFixedInput) {
  Graph g;
  const NodeId x = g.add("x", Input{.channels = 2});
  const NodeId pool = g.add("pool", GlobalPool{}, {x});
  const NodeId norm = g.add("norm", AdaLin{}, {x, pool, pool});
  g.add("fc", Linear{.out = 5}, {norm});
  EXPECT_NE(message_of([&] { weight_specs(g); }).find("Linear 'fc'"), std::string::npos);
}

TEST(Counts, OfAttentionAndMixture) {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 4, .height = 1, .width = 1});
  x = g.add("z", GaussianMixture{.components = 3}, {x});
  g.add("a", ExternalAttention{.memory = 7}, {x});
  EXPECT_EQ(count_parameters(g), 2 * 3 + 7);
  EXPECT_EQ(count_macs(g, {1, 4, 1, 1}), 2 * 7);
}

/// The side of a pooled line of `length` pixels.
std::int64_t pooled(int length, const Pool2d& pool) {
  Graph g;
  g.add("p", pool, {g.add("x", Input{})});
  return infer_shapes(g, {1, 3, length, length}).back().h;
}

TEST(Shapes, OfPoolsFollowPyTorch) {
  EXPECT_EQ(pooled(7, {.kernel = 2, .stride = 2}), 3);
  EXPECT_EQ(pooled(7, {.kernel = 2, .stride = 2, .ceil_mode = true}), 4);
  EXPECT_EQ(pooled(7, {.kernel = 1, .stride = 2}), 4);
  EXPECT_EQ(pooled(8, {.kernel = 3, .stride = 2, .pad = 1}), 4);
  // A fifth window would begin in the padding at 7.
  EXPECT_EQ(pooled(7, {.kernel = 2, .stride = 2, .pad = 1, .ceil_mode = true}), 4);
  EXPECT_EQ(message_of([] { pooled(2, {.kernel = 5, .stride = 2}); }),
            "Pool2d 'p': result would be [1,3,0,0]; the source is too small");
  EXPECT_EQ(message_of([] { pooled(8, {.kernel = 3, .pad = 2}); }), "Pool2d 'p': pad is 2, expected 0 to 1");
}

TEST(Shapes, OfNewOpsAreChecked) {
  const auto complaint = [](const Shape& input, const Op& op, int n_src) {
    Graph g;
    const NodeId x = g.add("x", Input{.channels = 4});
    return message_of([&] {
      g.add("n", op, std::vector<NodeId>(static_cast<std::size_t>(n_src), x));
      infer_shapes(g, input);
    });
  };
  EXPECT_EQ(complaint({1, 4, 1, 9}, Blur{}, 1), "Blur 'n': source [1,4,1,9] is too small to reflect 1 pixel");
  EXPECT_EQ(complaint({1, 4, 1, 1}, Lin{}, 1),
            "LIN 'n': source is [1,4,1,1], expected two pixels or more for an unbiased variance");
  EXPECT_EQ(complaint({1, 4, 1, 1}, Lin{.unbiased = false}, 1), "no error");
  EXPECT_EQ(complaint({1, 4, 2, 2}, AdaLin{}, 3), "AdaLIN 'n': scale or shift is [1,4,2,2], expected [1,4,1,1]");
  EXPECT_EQ(complaint({1, 4, 1, 1}, GaussianMixture{.components = 4}, 1),
            "GaussianMixture 'n': source is [1,4,1,1], expected one pixel of more than 4 channels");
}

TEST(Subgraph, KeepsWhatTheOutputNeedsAndTheInput) {
  Graph g;
  const NodeId x = g.add("x", Input{.channels = 4, .height = 1, .width = 1});
  const NodeId a = g.add("a", Conv2d{.out = 4, .kernel = 1}, {x});
  g.add("side", Conv2d{.out = 9, .kernel = 1}, {a});
  const NodeId b = g.add("b", Activation{}, {a});
  g.set_output(g.add("c", Add{}, {a, b}));
  const Graph whole = subgraph(g, g.output());
  EXPECT_EQ(whole.nodes().size(), 4U);
  EXPECT_EQ(whole.find("side"), -1);
  EXPECT_EQ(whole.node(whole.output()).name, "c");
  EXPECT_EQ(whole.node(whole.output()).src, (std::vector<NodeId>{whole.find("a"), whole.find("b")}));
  EXPECT_EQ(subgraph(g, x).nodes().size(), 1U);
  EXPECT_EQ(message_of([&] { subgraph(g, 9); }), "output node 9 does not exist");
}

TEST(ProbeShape, GrowsUntilTheGraphFitsIn) {
  Graph graph;
  NodeId x = graph.add("x", Input{});
  for (int i = 0; i < 6; ++i) {  // 64 px become 1, which nothing can mirror
    x = graph.add("half" + std::to_string(i), Conv2d{.out = 4, .kernel = 4, .stride = 2, .pad = {1, 1, 1, 1}}, {x});
  }
  graph.set_output(graph.add("mirrored", Conv2d{.out = 1, .pad = {1, 1, 1, 1}, .pad_mode = PadMode::kReflect}, {x}));
  EXPECT_EQ(probe_shape(graph), (Shape{1, 3, 128, 128}));
}

}  // namespace
}  // namespace genga::ir
