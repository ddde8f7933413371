// The text form: round trip of every op, the documented look, error lines, damaged text.

#include <gtest/gtest.h>

#include <random>

#include "genga/error.h"
#include "genga/graph.h"

namespace genga::ir {
namespace {

Graph every_op() {
  Graph g;
  NodeId x = g.add("x", Input{.channels = 4, .height = 16, .width = 16});
  x = g.add("conv", Conv2d{.out = 8, .kernel = 3, .pad = {0, 1, 1, 0}, .pad_mode = PadMode::kReflect, .bias = false},
            {x});
  x = g.add("bn", BatchNorm{.eps = 1e-3F}, {x});
  x = g.add("in", InstanceNorm{.affine = false}, {x});
  x = g.add("ln", LayerNorm{}, {x});
  x = g.add("act", Activation{.kind = ActivationKind::kLeakyRelu, .slope = 0.1F}, {x});
  x = g.add("ps", PixelShuffle{.factor = 2}, {x});
  x = g.add("pu", PixelUnshuffle{.factor = 2}, {x});
  x = g.add("up", Upsample{.factor = 2, .mode = UpsampleMode::kHalfPixel}, {x});
  x = g.add("ct", ConvTranspose2d{.out = 4, .kernel = 3, .output_pad = 1}, {x});
  x = g.add("af", Affine{.scale = 0.5F, .offset = -0.25F}, {x});
  x = g.add("cc", Concat{}, {x, x});
  x = g.add("ad", Add{}, {x, x});
  x = g.add("gf", GuidedFilter{.radius = 2}, {x, x});
  x = g.add("bl", Blur{.stride = 1}, {x});
  x = g.add("mp", Pool2d{.kind = PoolKind::kMax, .kernel = 3, .stride = 1, .pad = 1, .ceil_mode = true}, {x});
  x = g.add("cs", ChannelScale{}, {x});
  x = g.add("la", Lade{}, {x, x});
  x = g.add("li", Lin{.unbiased = false}, {x});
  const NodeId pooled = g.add("gp", GlobalPool{.kind = PoolKind::kMax}, {x});
  x = g.add("ai", AdaLin{.eps = 1e-4F}, {x, pooled, pooled});
  x = g.add("ea", ExternalAttention{.memory = 3, .stored = true}, {x});
  x = g.add("fc", Linear{.out = 64}, {x});
  x = g.add("gm", GaussianMixture{.components = 16}, {x});
  x = g.add("f2", Linear{.out = 64}, {x});
  x = g.add("rs", Reshape{.channels = 4, .height = 4, .width = 4}, {x});
  g.set_output(x);
  return g;
}

TEST(GraphText, EveryOpSurvivesTheRoundTrip) {
  const Graph g = every_op();
  EXPECT_TRUE(same_graph(parse_graph(to_text(g)), g)) << to_text(g);
}

TEST(GraphText, LooksAsDocumented) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  g.set_output(g.add("c", Conv2d{.out = 8, .kernel = 3, .pad = {1, 1, 1, 1}}, {x}));
  EXPECT_EQ(to_text(g),
            "x = Input(channels=3, height=0, width=0)\n"
            "c = Conv2d(x, out=8, kernel=3, stride=1, pad=1 1 1 1, pad_mode=zero, groups=1, bias=true)\n"
            "return c\n");
}

std::string error_for(std::string_view text) {
  try {
    parse_graph(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(GraphText, ErrorsCarryTheLine) {
  const std::string x = "x = Input(channels=3, height=0, width=0)\n";
  EXPECT_EQ(error_for(x + "y = Conv3d(x)\nreturn y\n"),
            "graph line 2: op 'Conv3d' is unknown to this version of Genga; did you mean 'Conv2d'?");
  EXPECT_EQ(error_for(x + "y = PixelShuffle(z, factor=2)\n"), "graph line 2: source 'z' is not defined above");
  EXPECT_EQ(error_for(x + "y = PixelUnshuffle(x)\n"), "graph line 2: attribute 'factor' is missing");
  EXPECT_EQ(error_for(x + "y = PixelUnshuffle(x, factor=2, dilation=2)\n"),
            "graph line 2: attribute 'dilation' is unknown or repeated");
  EXPECT_EQ(error_for(x + "y = PixelUnshuffle(x, factor=two)\n"), "graph line 2: 'two' is not a number");
  EXPECT_EQ(error_for(x), "graph: the return line is missing");
  EXPECT_EQ(error_for(""), "graph: the return line is missing");
  EXPECT_EQ(error_for(x + "return x\ny = Add(x, x)\n"), "graph line 3: nothing may follow the return line");
}

TEST(GraphText, OverflowingSizesAreRefusedWithTheLine) {
  EXPECT_EQ(error_for("x = Input(channels=1048576, height=16777216, width=16777216)\n"
                      "y = Linear(x, out=1, bias=false)\nreturn y\n"),
            "graph line 1: Input 'x': [1,1048576,16777216,16777216] has more than 1099511627776 elements");
}

TEST(GraphText, DamagedTextNeverDoesAnythingButThrow) {
  const std::string good = to_text(every_op());
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string text = good;
    for (int k = 0; k < 3; ++k) text[random() % text.size()] = static_cast<char>(random() % 128);
    if (random() % 4 == 0) text.resize(random() % text.size());
    try {
      const Graph g = parse_graph(text);
      (void)infer_shapes(g, {1, g.input().channels, 16, 16});
    } catch (const Error&) {
      continue;
    }
  }
}

}  // namespace
}  // namespace genga::ir
