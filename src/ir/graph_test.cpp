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
  EXPECT_EQ(message_of([&] {
              infer_shapes(g, {1, 3, 33, 48});
            }),
            "PixelUnshuffle 'down': source height is 33, expected a multiple of 2");
  EXPECT_EQ(message_of([&] { infer_shapes(g, {1, 4, 32, 48}); }), "the input is [1,4,32,48], expected [any,3,any,any]");
}

TEST(Shapes, TooSmallToReflectIsSaid) {
  Graph g;
  NodeId x = g.add("x", Input{});
  g.add("c", Conv2d{.out = 2, .kernel = 7, .pad = {3, 3, 3, 3}, .pad_mode = PadMode::kReflect}, {x});
  EXPECT_EQ(message_of([&] {
              infer_shapes(g, {1, 3, 3, 8});
            }),
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
  EXPECT_EQ(count_parameters(g), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(count_macs(g, {1, 3, 64, 64}), std::numeric_limits<std::int64_t>::max());
}

TEST(Counts, LinearNeedsAFixedInput) {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 2});
  g.add("fc", Linear{.out = 5}, {x});
  EXPECT_NE(message_of([&] { weight_specs(g); }).find("fixed height"), std::string::npos);
}

}  // namespace
}  // namespace genga::ir
