// The reference interpreter against results small enough to work out on paper.
#include "genga/ref.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "genga/error.h"
#include "genga/transform.h"

namespace genga::ref {
namespace {

using weights::make_tensor;
using weights::TensorMap;

/// Runs one op of one source; its node is called "op".
Array run_op(const ir::Op& op, const Array& src, const TensorMap& tensors = {}) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = static_cast<int>(src.shape.c)});
  graph.set_output(graph.add("op", op, {x}));
  return run(graph, tensors, src);
}

Array counting(const ir::Shape& shape) {
  Array array{shape, std::vector<float>(static_cast<std::size_t>(shape.size()))};
  std::iota(array.values.begin(), array.values.end(), 1.0F);
  return array;
}

using Values = std::vector<float>;

void expect_near(const Array& array, const Values& expected, float tolerance = 1e-6F) {
  ASSERT_EQ(array.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(array.values[i], expected[i], tolerance) << "at " << i;
  }
}

const Values kOnes9(9, 1.0F);

TEST(RefConv, SumsItsWindow) {
  const TensorMap tensors = {{"op.weight", make_tensor({1, 1, 3, 3}, kOnes9)}, {"op.bias", make_tensor({1}, {0.5F})}};
  expect_near(run_op(ir::Conv2d{.out = 1, .kernel = 3}, counting({1, 1, 3, 3}), tensors), {45.5F});
}

TEST(RefConv, DoesNotFlipTheKernel) {
  const TensorMap corner = {{"op.weight", make_tensor({1, 1, 2, 2}, {1, 0, 0, 0})}};
  expect_near(run_op(ir::Conv2d{.out = 1, .kernel = 2, .bias = false}, counting({1, 1, 2, 2}), corner), {1});
}

TEST(RefConv, PadModesDifferOutsideTheImage) {
  // Kernel [1 0 0] reads the left neighbour; source row is 1 2 3.
  const TensorMap tensors = {{"op.weight", make_tensor({1, 1, 3, 3}, {0, 0, 0, 1, 0, 0, 0, 0, 0})}};
  const auto left = [&](ir::PadMode mode) {
    const Array src{{1, 1, 2, 3}, {1, 2, 3, 1, 2, 3}};
    const ir::Conv2d op{.out = 1, .kernel = 3, .pad = {1, 1, 1, 1}, .pad_mode = mode, .bias = false};
    return run_op(op, src, tensors).values.front();
  };
  EXPECT_EQ(left(ir::PadMode::kZero), 0);
  EXPECT_EQ(left(ir::PadMode::kReflect), 2);
  EXPECT_EQ(left(ir::PadMode::kReplicate), 1);
}

TEST(RefConv, AsymmetricPadShiftsTheStride) {
  // Pad 0 top/left, 1 bottom/right with stride 2: the first window starts at the first pixel.
  const TensorMap tensors = {{"op.weight", make_tensor({1, 1, 3, 3}, {1, 0, 0, 0, 0, 0, 0, 0, 0})}};
  const ir::Conv2d op{.out = 1, .kernel = 3, .stride = 2, .pad = {0, 0, 1, 1}, .bias = false};
  expect_near(run_op(op, counting({1, 1, 4, 4}), tensors), {1, 3, 9, 11});
}

TEST(RefConv, GroupsSeeOnlyTheirChannels) {
  const TensorMap tensors = {{"op.weight", make_tensor({2, 1, 1, 1}, {10, 100})}};
  const ir::Conv2d op{.out = 2, .kernel = 1, .groups = 2, .bias = false};
  expect_near(run_op(op, Array{{1, 2, 1, 2}, {1, 2, 3, 4}}, tensors), {10, 20, 300, 400});
}

TEST(RefConvTranspose, SpreadsEachPixelByTheKernel) {
  const TensorMap tensors = {{"op.weight", make_tensor({1, 1, 2, 2}, {1, 2, 3, 4})},
                             {"op.bias", make_tensor({1}, {1})}};
  const ir::ConvTranspose2d op{.out = 1, .kernel = 2, .stride = 2, .pad = 0};
  expect_near(run_op(op, Array{{1, 1, 1, 2}, {1, 10}}, tensors), {2, 3, 11, 21, 4, 5, 31, 41});
}

TEST(RefConvTranspose, PadCropsAndOutputPadExtends) {
  // k3 s2 p1 op1 of a 1x1 image: the middle and the taps right and below of it.
  const TensorMap tensors = {{"op.weight", make_tensor({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})}};
  const ir::ConvTranspose2d op{.out = 1, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1, .bias = false};
  expect_near(run_op(op, Array{{1, 1, 1, 1}, {1}}, tensors), {5, 6, 8, 9});
}

TEST(RefLinear, ReadsChannelsSlowest) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 2, .height = 1, .width = 2});
  graph.set_output(graph.add("op", ir::Linear{.out = 1}, {x}));
  const TensorMap tensors = {{"op.weight", make_tensor({1, 4}, {1, 10, 100, 1000})},
                             {"op.bias", make_tensor({1}, {5})}};
  expect_near(run(graph, tensors, counting({1, 2, 1, 2})), {4326});
}

TEST(RefBatchNorm, UsesStoredStatistics) {
  const TensorMap tensors = {{"op.weight", make_tensor({1}, {2})},
                             {"op.bias", make_tensor({1}, {1})},
                             {"op.running_mean", make_tensor({1}, {3})},
                             {"op.running_var", make_tensor({1}, {4})}};
  expect_near(run_op(ir::BatchNorm{.eps = 0}, Array{{1, 1, 1, 2}, {3, 7}}, tensors), {1, 5});
}

TEST(RefInstanceNorm, NormalizesEachChannelOfEachImage) {
  const Array src{{2, 1, 1, 2}, {1, 3, 10, 30}};
  expect_near(run_op(ir::InstanceNorm{.eps = 0, .affine = false}, src), {-1, 1, -1, 1});
}

TEST(RefInstanceNorm, EpsIsAddedToTheBiasedVariance) {
  const Array src{{1, 1, 1, 2}, {-1, 1}};
  const float expected = 1 / std::sqrt(1.0F + 3.0F);
  expect_near(run_op(ir::InstanceNorm{.eps = 3, .affine = false}, src), {-expected, expected});
}

TEST(RefLayerNorm, TakesAllChannelsTogether) {
  const TensorMap tensors = {{"op.weight", make_tensor({2}, {1, 2})}, {"op.bias", make_tensor({2}, {0, 10})}};
  expect_near(run_op(ir::LayerNorm{.eps = 0}, Array{{1, 2, 1, 1}, {1, 3}}, tensors), {-1, 12});
}

TEST(RefNorms, RecordWhatImageZeroSaw) {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 2});
  x = graph.add("in", ir::InstanceNorm{.eps = 0, .affine = false}, {x});
  x = graph.add("affine", ir::Affine{.scale = 1, .offset = 7}, {x});
  graph.set_output(graph.add("ln", ir::LayerNorm{}, {x}));
  const TensorMap tensors = {{"ln.weight", make_tensor({2}, {1, 1})}, {"ln.bias", make_tensor({2}, {0, 0})}};
  weights::NormStatistics statistics;
  run(graph, tensors, Array{{2, 2, 1, 2}, {1, 3, 10, 30, 0, 9, 9, 9}}, &statistics);
  EXPECT_EQ(statistics.values.at("in.mean"), (Values{2, 20}));
  EXPECT_EQ(statistics.values.at("in.var"), (Values{1, 100}));
  EXPECT_EQ(statistics.values.at("ln.mean"), (Values{7, 7}));
  EXPECT_EQ(statistics.values.at("ln.var"), (Values{1, 1}));
}

TEST(RefNorms, FrozenNetComputesTheSameOnThatImage) {
  weights::Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{.channels = 2});
  x = model.graph.add("in", ir::InstanceNorm{}, {x});
  model.graph.set_output(model.graph.add("ln", ir::LayerNorm{}, {x}));
  model.tensors = transform::random_weights(model.graph, 1);
  model.tensors.insert_or_assign("in.bias", make_tensor({2}, {0.3F, -2}));
  model.tensors.insert_or_assign("ln.weight", make_tensor({2}, {3, -1}));
  const Array src{{1, 2, 2, 2}, {1, 3, 10, 30, 0, 9, 4, 9}};
  weights::NormStatistics statistics;
  const Array whole = run(model.graph, model.tensors, src, &statistics);
  const weights::Model frozen = transform::freeze_norms(model, statistics);
  expect_near(run(frozen.graph, frozen.tensors, src), whole.values, 1e-5F);
}

TEST(RefActivation, FollowsItsDefinition) {
  const Array src{{1, 1, 1, 2}, {-2, 3}};
  const auto with = [&](ir::ActivationKind kind) { return run_op(ir::Activation{.kind = kind, .slope = 0.1F}, src); };
  expect_near(with(ir::ActivationKind::kRelu), {0, 3});
  expect_near(with(ir::ActivationKind::kLeakyRelu), {-0.2F, 3});
  expect_near(with(ir::ActivationKind::kTanh), {std::tanh(-2.0F), std::tanh(3.0F)});
  expect_near(with(ir::ActivationKind::kSigmoid), {1 / (1 + std::exp(2.0F)), 1 / (1 + std::exp(-3.0F))});
}

TEST(RefPointwise, AddConcatAffineReshape) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 1, .height = 1, .width = 2});
  const ir::NodeId twice = graph.add("twice", ir::Affine{.scale = 2, .offset = 1}, {x});
  const ir::NodeId sum = graph.add("sum", ir::Add{}, {x, twice, x});
  const ir::NodeId both = graph.add("both", ir::Concat{}, {x, sum});
  graph.set_output(graph.add("flat", ir::Reshape{.channels = 4, .height = 1, .width = 1}, {both}));
  const Array dst = run(graph, {}, Array{{2, 1, 1, 2}, {1, 2, 3, 4}});
  EXPECT_EQ(dst.shape, (ir::Shape{2, 4, 1, 1}));
  expect_near(dst, {1, 2, 5, 9, 3, 4, 13, 17});
}

TEST(RefUpsample, ModesDifferInWhereSamplesLie) {
  const Array src{{1, 1, 1, 2}, {0, 8}};
  const auto row = [&](ir::UpsampleMode mode) {
    const Array dst = run_op(ir::Upsample{.factor = 2, .mode = mode}, src);
    return Array{{1, 1, 1, 4}, {dst.values.begin(), dst.values.begin() + 4}};
  };
  expect_near(row(ir::UpsampleMode::kNearest), {0, 0, 8, 8});
  expect_near(row(ir::UpsampleMode::kAsymmetric), {0, 4, 8, 8});
  expect_near(row(ir::UpsampleMode::kHalfPixel), {0, 2, 6, 8});
  expect_near(row(ir::UpsampleMode::kAlignCorners), {0, 8.0F / 3, 16.0F / 3, 8});
}

TEST(RefPixelShuffle, FollowsPyTorchsOrderAndUnshuffleInvertsIt) {
  const Array src = counting({1, 8, 1, 2});
  const Array dst = run_op(ir::PixelShuffle{.factor = 2}, src);
  EXPECT_EQ(dst.shape, (ir::Shape{1, 2, 2, 4}));
  expect_near(dst, {1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14, 16});
  expect_near(run_op(ir::PixelUnshuffle{.factor = 2}, dst), src.values);
}

TEST(RefGuidedFilter, KeepsTheImageForTinyEpsAndSmoothsForLargeEps) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 1});
  const ir::NodeId filtered = graph.add("op", ir::GuidedFilter{.radius = 1, .eps = 1e-12F}, {x, x});
  graph.set_output(filtered);
  const Array src{{1, 1, 1, 4}, {0, 1, 5, 2}};
  expect_near(run(graph, {}, src), src.values, 1e-4F);

  ir::Graph strong;
  const ir::NodeId y = strong.add("x", ir::Input{.channels = 1});
  strong.set_output(strong.add("op", ir::GuidedFilter{.radius = 1, .eps = 1e12F}, {y, y}));
  // A vanishes: the mean of the window means, windows clipped at the borders.
  const float m0 = 0.5F;
  const float m1 = 2;
  const float m2 = 8.0F / 3;
  const float m3 = 3.5F;
  expect_near(run(strong, {}, src), {(m0 + m1) / 2, (m0 + m1 + m2) / 3, (m1 + m2 + m3) / 3, (m2 + m3) / 2}, 1e-5F);
}

TEST(RefRun, RefusesWrongInputsAndTensors) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 1});
  graph.set_output(graph.add("op", ir::Conv2d{.out = 1, .kernel = 1}, {x}));
  const TensorMap tensors = transform::random_weights(graph, 1);
  EXPECT_THROW(run(graph, tensors, counting({1, 2, 4, 4})), Error);
  EXPECT_THROW(run(graph, tensors, Array{{1, 1, 4, 4}, {1, 2}}), Error);
  EXPECT_THROW(run(graph, {}, counting({1, 1, 4, 4})), Error);
}

TEST(RefRun, BatchEqualsImagesOneByOne) {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 2});
  x = graph.add("conv", ir::Conv2d{.out = 4, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  graph.set_output(graph.add("in", ir::InstanceNorm{}, {x}));
  const TensorMap tensors = transform::random_weights(graph, 1);
  Array both = counting({2, 2, 3, 3});
  for (float& v : both.values) v = std::sin(v);
  const std::size_t half = both.values.size() / 2;
  Values one_by_one;
  for (const std::size_t first : {std::size_t{0}, half}) {
    const auto begin = both.values.begin() + static_cast<std::ptrdiff_t>(first);
    const Array dst =
        run(graph, tensors, Array{{1, 2, 3, 3}, Values(begin, begin + static_cast<std::ptrdiff_t>(half))});
    one_by_one.insert(one_by_one.end(), dst.values.begin(), dst.values.end());
  }
  expect_near(run(graph, tensors, both), one_by_one, 0);
}

TEST(RefPool, TakesTheLargestOrTheMeanOfRealPixels) {
  const Array src = counting({1, 1, 3, 3});
  using enum ir::PoolKind;
  expect_near(run_op(ir::Pool2d{.kind = kMax}, src), {5});
  expect_near(run_op(ir::Pool2d{.kind = kAverage}, src), {3});
  expect_near(run_op(ir::Pool2d{.kind = kMax, .ceil_mode = true}, src), {5, 6, 8, 9});
  // Padding and what hangs over the edge do not count.
  expect_near(run_op(ir::Pool2d{.kind = kAverage, .ceil_mode = true}, src), {3, 4.5F, 7.5F, 9});
  expect_near(run_op(ir::Pool2d{.kind = kAverage, .kernel = 3, .pad = 1}, src), {3, 4, 6, 7});
  expect_near(run_op(ir::Pool2d{.kind = kMax, .kernel = 3, .pad = 1}, {{1, 1, 2, 2}, {-4, -3, -2, -1}}), {-1});
  expect_near(run_op(ir::Pool2d{.kind = kAverage, .kernel = 1}, src), {1, 3, 7, 9});
  expect_near(run_op(ir::GlobalPool{.kind = kMax}, counting({1, 2, 2, 2})), {4, 8});
  expect_near(run_op(ir::GlobalPool{.kind = kAverage}, counting({2, 1, 2, 2})), {2.5F, 6.5F});
}

TEST(RefBlur, MirrorsTheBorder) {
  const Array src{{1, 1, 2, 3}, {0, 16, 0, 0, 0, 0}};
  // Rows weigh 1/2 here and, mirrored, 1/4 twice; columns 1/4 1/2 1/4, the neighbour on both sides at the edge.
  expect_near(run_op(ir::Blur{.stride = 1}, src), {4, 4, 4, 4, 4, 4});
  expect_near(run_op(ir::Blur{.stride = 2}, src), {4, 4});
}

TEST(RefLade, GivesTheMomentsOfTheSecondSource) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 1});
  const ir::NodeId t = graph.add("t", ir::Affine{.scale = -3, .offset = 1}, {x});
  graph.set_output(graph.add("lade", ir::Lade{.eps = 0}, {x, t}));
  // x has mean 2 and variance 1; the target mean -5 and deviation 3.
  expect_near(run(graph, {}, {{1, 1, 1, 2}, {1, 3}}), {-8, -2});
}

TEST(RefLin, MixesInstanceAndLayerNorm) {
  const Array src{{1, 2, 1, 2}, {1, 3, 5, 11}};  // channel variances 1 and 9; all: mean 5, variance 14
  const TensorMap tensors = {{"op.rho", make_tensor({2}, {1, 0.5F})},
                             {"op.weight", make_tensor({2}, {1, 2})},
                             {"op.bias", make_tensor({2}, {0, 10})}};
  const float layer = 1 / std::sqrt(14.0F);
  expect_near(run_op(ir::Lin{.eps = 0, .unbiased = false}, src, tensors),
              {-1, 1, 10 + 2 * 0.5F * -1, 10 + 2 * 0.5F * (1 + 6 * layer)});
  // Divided by one less than the count: 2 instead of 1, and 56/3 instead of 14.
  const Array unbiased = run_op(ir::Lin{.eps = 0}, src, tensors);
  EXPECT_NEAR(unbiased.values[0], -1 / std::sqrt(2.0F), 1e-6F);
  EXPECT_NEAR(unbiased.values[3], 10 + 1 / std::sqrt(2.0F) + 6 / std::sqrt(56.0F / 3), 1e-5F);
}

TEST(RefAdaLin, TakesScaleAndShiftFromItsSources) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 1});
  const ir::NodeId gamma = graph.add("gamma", ir::GlobalPool{.kind = ir::PoolKind::kMax}, {x});
  const ir::NodeId beta = graph.add("beta", ir::GlobalPool{.kind = ir::PoolKind::kAverage}, {x});
  graph.set_output(graph.add("norm", ir::AdaLin{.eps = 0, .unbiased = false}, {x, gamma, beta}));
  expect_near(run(graph, {{"norm.rho", make_tensor({1}, {0.3F})}}, {{2, 1, 1, 2}, {1, 3, -2, 4}}), {-1, 5, -3, 5});
}

TEST(RefAttention, SharesEveryPixelOutAmongTheMemory) {
  // Similarities: pixel 0 (0, 0), pixel 1 (ln 3, ln 2). Over pixels: (1/4, 1/3), (3/4, 2/3); every row to sum 1.
  const TensorMap tensors = {{"op.weight", make_tensor({1, 2}, {std::log(3.0F), std::log(2.0F)})}};
  const Array result = run_op(ir::ExternalAttention{.memory = 2}, {{1, 1, 1, 2}, {0, 1}}, tensors);
  const float l3 = std::log(3.0F), l2 = std::log(2.0F);
  expect_near(result, {(3 * l3 + 4 * l2) / 7, (9 * l3 + 8 * l2) / 17});
}

TEST(RefMixture, PicksOrBlendsAComponent) {
  const TensorMap tensors = {{"op.mean", make_tensor({2, 1}, {10, 20})}, {"op.deviation", make_tensor({2, 1}, {1, 3})}};
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{.channels = 3, .height = 1, .width = 1});
  graph.set_output(graph.add("op", ir::GaussianMixture{.components = 2}, {x}));
  expect_near(run(graph, tensors, {{2, 3, 1, 1}, {-2, 0, 1, 4, 0.5F, 0.5F}}), {14, 23});
}

}  // namespace
}  // namespace genga::ref
