// Receptive fields of small chains, worked out by hand. That tiles of this border are exact is tested in tests/parity.

#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/graph.h"

namespace genga::ir {
namespace {

Graph chain(std::vector<Op> ops) {
  Graph g;
  NodeId x = g.add("x", Input{});
  for (std::size_t i = 0; i < ops.size(); ++i) x = g.add("n" + std::to_string(i), ops[i], {x});
  g.set_output(x);
  return g;
}

TEST(ReceptiveField, ConvolutionsAddUp) {
  const ReceptiveField r = receptive_field(
      chain({Conv2d{.out = 4, .kernel = 3, .pad = {1, 1, 1, 1}}, Conv2d{.out = 4, .kernel = 7, .pad = {3, 3, 3, 3}}}));
  EXPECT_TRUE(r.local);
  EXPECT_EQ(r.border_px, 4);
  EXPECT_EQ(r.multiple, 1);
}

TEST(ReceptiveField, ReflectionLooksNoFurtherThanTheFilter) {
  const auto conv = [](int kernel, int pad) {
    return Conv2d{.out = 4, .kernel = kernel, .pad = {pad, pad, pad, pad}, .pad_mode = PadMode::kReflect};
  };
  EXPECT_EQ(receptive_field(chain({conv(3, 1), conv(7, 3)})).border_px, 4);
  // An image that grows first: what is reflected lies farther from where the result ends up.
  EXPECT_EQ(receptive_field(chain({conv(3, 3), conv(5, 0)})).border_px, 7);
}

TEST(ReceptiveField, StridesMultiplyAndDemandAlignment) {
  const ReceptiveField r = receptive_field(
      chain({PixelUnshuffle{.factor = 2}, Conv2d{.out = 4, .stride = 2, .pad = {1, 1, 1, 1}},
             Conv2d{.out = 16, .pad = {1, 1, 1, 1}}, Upsample{.factor = 2}, PixelShuffle{.factor = 2}}));
  EXPECT_TRUE(r.local);
  EXPECT_EQ(r.multiple, 4);
  EXPECT_EQ(r.border_px % 4, 0);
  // unshuffle: [0,1]; stride-2 conv at 2 px: [-2, 3]; conv at 4 px: [-6, 7]; nearest and shuffle: low - 2 - 1
  EXPECT_EQ(r.border_px, 12);
}

TEST(ReceptiveField, WholeImageOpsAreNamed) {
  const ReceptiveField r = receptive_field(chain({Conv2d{.out = 4, .pad = {1, 1, 1, 1}}, InstanceNorm{}}));
  EXPECT_FALSE(r.local);
  EXPECT_EQ(r.global_because, "InstanceNorm 'n1' uses whole-image statistics");
}

TEST(ReceptiveField, AlignCornersDependsOnTheImage) {
  EXPECT_FALSE(receptive_field(chain({Upsample{.mode = UpsampleMode::kAlignCorners}})).local);
}

TEST(ReceptiveField, DeadNodesDoNotCount) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  const NodeId c = g.add("c", Conv2d{.out = 4, .pad = {1, 1, 1, 1}}, {x});
  g.add("unused", InstanceNorm{}, {c});
  g.set_output(c);
  EXPECT_TRUE(receptive_field(g).local);
}

TEST(ReceptiveField, SizesMustSuitDeadNodesToo) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  g.add("unused", PixelUnshuffle{.factor = 2}, {x});
  g.set_output(g.add("c", Conv2d{.out = 4, .pad = {1, 1, 1, 1}}, {x}));
  EXPECT_EQ(receptive_field(g).multiple, 2);
}

TEST(ReceptiveField, ADiscriminatorIsNotTileable) {
  const ReceptiveField r = receptive_field(chain({Conv2d{.out = 1, .kernel = 4, .stride = 2, .pad = {1, 1, 1, 1}}}));
  EXPECT_FALSE(r.local);
  EXPECT_EQ(r.multiple, 2);
}

TEST(ReceptiveField, PoolsAndBlursAreConvolutionsWithoutWeights) {
  const ReceptiveField r =
      receptive_field(chain({Blur{.stride = 2}, Pool2d{.kernel = 3, .stride = 2, .pad = 1}, Upsample{.factor = 4}}));
  EXPECT_TRUE(r.local);
  EXPECT_EQ(r.multiple, 4);
  // blur: [-1, 1]; pool at 2 px: [-3, 3]; nearest at 4 px: low - 3
  EXPECT_EQ(r.border_px, 8);
}

TEST(ReceptiveField, StatisticsAndAttentionLookAtTheWholeImage) {
  EXPECT_EQ(receptive_field(chain({ExternalAttention{.memory = 2}})).global_because,
            "ExternalAttention 'n0' compares all pixels of the image");
  EXPECT_EQ(receptive_field(chain({GlobalPool{}})).global_because, "GlobalPool 'n0' looks at the whole image");
  EXPECT_FALSE(receptive_field(chain({Lin{}})).local);
}

TEST(ReceptiveField, PooledValuesFitToAnyScale) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  const NodeId half = g.add("half", Pool2d{}, {x});
  const NodeId gamma = g.add("gamma", GlobalPool{}, {half});
  const NodeId beta = g.add("beta", GlobalPool{}, {x});
  g.set_output(g.add("norm", AdaLin{}, {x, gamma, beta}));
  EXPECT_EQ(receptive_field(g).multiple, 2);
}

TEST(ReceptiveField, MixedScalesAreRefused) {
  Graph g;
  const NodeId x = g.add("x", Input{});
  const NodeId c = g.add("c", Conv2d{.out = 3, .stride = 2, .pad = {1, 1, 1, 1}}, {x});
  g.set_output(g.add("a", Add{}, {x, c}));
  EXPECT_THROW(receptive_field(g), Error);
}

}  // namespace
}  // namespace genga::ir
