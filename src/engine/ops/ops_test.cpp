// Every op against the reference, at odd sizes and channel counts that fill no whole block.
#include <array>

#include "engine/test_nets.h"

namespace genga::engine {
namespace {

using test::Chain;
using test::expect_parity;

constexpr int kChannels[] = {3, 12, 20, 33};

template <class MakeOp>
void expect_op_parity(const MakeOp& make_op, std::int64_t h = 13, std::int64_t w = 17) {
  for (int channels : kChannels) {
    Chain net(channels);
    net.add(make_op(channels));
    expect_parity(net.finish(), h, w);
  }
}

TEST(EngineOps, CopiesTheInputWhenNothingIsAsked) {
  Chain net(3);
  expect_parity(net.finish(), 5, 7, 1e-9F);
}

TEST(EngineOps, ConvolvesWithEveryKernelStrideAndPad) {
  for (int kernel : {1, 3, 4, 7}) {
    for (int stride : {1, 2}) {
      for (const ir::Pad& pad : {ir::Pad{0, 0, 0, 0}, ir::Pad{1, 1, 1, 1}, ir::Pad{0, 0, 1, 1}, ir::Pad{2, 1, 0, 3}}) {
        if (*std::max_element(pad.begin(), pad.end()) >= kernel) continue;  // not a legal convolution
        expect_op_parity([&](int channels) {
          return ir::Conv2d{.out = channels + 5, .kernel = kernel, .stride = stride, .pad = pad};
        });
      }
    }
  }
}

TEST(EngineOps, ReflectsAndReplicatesBorders) {
  for (ir::PadMode mode : {ir::PadMode::kReflect, ir::PadMode::kReplicate}) {
    for (const ir::Pad& pad : {ir::Pad{3, 3, 3, 3}, ir::Pad{0, 0, 1, 1}, ir::Pad{1, 1, 0, 0}}) {
      expect_op_parity([&](int) { return ir::Conv2d{.out = 20, .kernel = 3, .pad = pad, .pad_mode = mode}; });
    }
  }
}

TEST(EngineOps, ConvolvesInGroups) {
  for (const auto& [channels, out, groups] : {std::array{33, 33, 33}, std::array{64, 64, 64}, std::array{32, 64, 2},
                                              std::array{12, 24, 3}, std::array{20, 40, 20}}) {
    for (int stride : {1, 2}) {
      Chain net(channels);
      net.add(ir::Conv2d{.out = out, .stride = stride, .pad = {1, 1, 1, 1}, .groups = groups});
      expect_parity(net.finish(), 13, 17);
    }
  }
}

TEST(EngineOps, ConvolvesWithoutBias) {
  expect_op_parity([](int) { return ir::Conv2d{.out = 16, .pad = {1, 1, 1, 1}, .bias = false}; });
}

TEST(EngineOps, UsesWinogradWithinItsTolerance) {
  for (const auto& [h, w] : {std::pair{64, 64}, std::pair{37, 51}, std::pair{3, 3}, std::pair{130, 67}}) {
    Chain net(64);
    net.add(ir::Conv2d{.out = 64, .pad = {1, 1, 1, 1}});
    expect_parity(net.finish(), h, w, 1e-3F);
  }
}

TEST(EngineOps, TransposesConvolutions) {
  expect_op_parity([](int) { return ir::ConvTranspose2d{.out = 20}; });
  expect_op_parity(
      [](int) { return ir::ConvTranspose2d{.out = 5, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1}; });
  expect_op_parity([](int) { return ir::ConvTranspose2d{.out = 33, .kernel = 4, .stride = 1, .pad = 0}; }, 1, 1);
}

TEST(EngineOps, NormalizesByBatchInstanceAndLayer) {
  expect_op_parity([](int) { return ir::BatchNorm{}; });
  expect_op_parity([](int) { return ir::InstanceNorm{}; });
  expect_op_parity([](int) { return ir::InstanceNorm{.affine = false}; });
  expect_op_parity([](int) { return ir::LayerNorm{}; });
  expect_op_parity([](int) { return ir::LayerNorm{}; }, 5, 700);
}

TEST(EngineOps, NormalizesWithoutEpsilonBesideUnusedChannels) {
  for (bool layer : {false, true}) {
    Chain net(12);
    net.add(layer ? ir::Op{ir::LayerNorm{.eps = 0}} : ir::Op{ir::InstanceNorm{.eps = 0}});
    net.add(ir::Conv2d{.out = 5, .kernel = 1});
    expect_parity(net.finish(), 13, 17);
  }
}

TEST(EngineOps, KeepsASmallVarianceBesideALargeMean) {
  Chain net(3);
  net.add(ir::Affine{.scale = 1e-3F, .offset = 100.F});
  net.add(ir::InstanceNorm{.eps = 1e-12F, .affine = false});
  const weights::Model model = test::model_of(net.finish());
  const std::int64_t h = 301, w = 1023;
  const std::vector<float> src = test::noise(3 * h * w, 5);
  const std::vector<float> dst = test::run(*compile(model, {.threads = 2}), src, h, w);
  double squares = 0;
  for (float v : dst) squares += static_cast<double>(v) * v;
  EXPECT_NEAR(squares / static_cast<double>(dst.size()), 1.0, 1e-3);
}

TEST(EngineOps, AppliesEveryActivation) {
  for (ir::ActivationKind kind : {ir::ActivationKind::kRelu, ir::ActivationKind::kLeakyRelu, ir::ActivationKind::kTanh,
                                  ir::ActivationKind::kSigmoid}) {
    expect_op_parity([&](int) { return ir::Activation{.kind = kind, .slope = 0.3F}; });
    for (int channels : kChannels) {  // inside a network, where it meets blocks and other ops
      Chain net(channels);
      net.add(ir::Affine{.scale = 4.F, .offset = -0.5F});
      const ir::NodeId a = net.add(ir::Activation{.kind = kind});
      net.add(ir::Conv2d{.out = channels, .pad = {1, 1, 1, 1}});
      net.add(ir::Activation{.kind = kind});
      net.add(ir::Add{}, {net.last(), a});
      net.add(ir::Activation{.kind = kind});
      net.add(ir::Conv2d{.out = 7, .kernel = 1});
      expect_parity(net.finish(), 9, 11);
    }
  }
}

TEST(EngineOps, AddsTwoAndMore) {
  for (int channels : kChannels) {
    Chain net(channels);
    const ir::NodeId a = net.add(ir::Affine{.scale = 0.5F, .offset = 1.F});
    const ir::NodeId b = net.add(ir::Activation{});
    net.add(ir::Add{}, {a, b, a, 0});
    expect_parity(net.finish(), 6, 9);
  }
}

TEST(EngineOps, AddsAValueToItself) {
  Chain net(12);
  const ir::NodeId a = net.add(ir::Conv2d{.out = 20, .kernel = 1});
  net.add(ir::Add{}, {a, a});
  expect_parity(net.finish(), 6, 9);
}

TEST(EngineOps, JoinsChannels) {
  for (int channels : kChannels) {
    Chain net(channels);
    const ir::NodeId a = net.add(ir::Conv2d{.out = 16, .kernel = 1}, {0});
    const ir::NodeId b = net.add(ir::Conv2d{.out = 5, .kernel = 1}, {0});
    net.add(ir::Concat{}, {a, 0, b, a});
    net.add(ir::Conv2d{.out = 9, .kernel = 1});
    expect_parity(net.finish(), 6, 9);
  }
}

TEST(EngineOps, EnlargesInAllModes) {
  for (ir::UpsampleMode mode : {ir::UpsampleMode::kNearest, ir::UpsampleMode::kAsymmetric, ir::UpsampleMode::kHalfPixel,
                                ir::UpsampleMode::kAlignCorners}) {
    for (int factor : {1, 2, 3}) {
      expect_op_parity([&](int) { return ir::Upsample{.factor = factor, .mode = mode}; }, 7, 5);
      expect_op_parity([&](int) { return ir::Upsample{.factor = factor, .mode = mode}; }, 1, 1);
    }
  }
}

TEST(EngineOps, ShufflesPixelsBothWays) {
  for (int factor : {2, 3}) {
    expect_op_parity([&](int) { return ir::PixelUnshuffle{factor}; }, 12, 18);
    for (int channels : {1, 5, 20}) {
      Chain net(channels * factor * factor);
      net.add(ir::PixelShuffle{factor});
      net.add(ir::Conv2d{.out = 20, .kernel = 1});
      expect_parity(net.finish(), 5, 7);
      Chain last(channels * factor * factor);
      last.add(ir::PixelShuffle{factor});
      last.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
      expect_parity(last.finish(), 5, 7);
    }
  }
}

TEST(EngineOps, FiltersGuided) {
  for (int radius : {1, 2, 9}) {
    for (const auto& [h, w] : {std::pair{13, 17}, std::pair{150, 5}, std::pair{1, 1}}) {
      for (int channels : {3, 20}) {
        Chain net(channels);
        const ir::NodeId y = net.add(ir::Conv2d{.out = channels, .kernel = 1});
        net.add(ir::GuidedFilter{.radius = radius, .eps = 5e-3F}, {0, y});
        expect_parity(net.finish(), h, w, 2e-4F);
      }
    }
  }
}

TEST(EngineOps, PoolsWithEveryKernelStrideAndPad) {
  for (ir::PoolKind kind : {ir::PoolKind::kMax, ir::PoolKind::kAverage}) {
    for (bool ceil_mode : {false, true}) {
      for (const auto& [kernel, stride, pad] : {std::array{1, 2, 0}, std::array{2, 2, 0}, std::array{2, 2, 1},
                                                std::array{3, 2, 1}, std::array{3, 1, 1}, std::array{5, 3, 2}}) {
        const ir::Pool2d op{.kind = kind, .kernel = kernel, .stride = stride, .pad = pad, .ceil_mode = ceil_mode};
        expect_op_parity([&](int) { return op; });
        expect_op_parity([&](int) { return op; }, 9, 2);
      }
    }
    expect_op_parity([&](int) { return ir::GlobalPool{.kind = kind}; });
    expect_op_parity([&](int) { return ir::GlobalPool{.kind = kind}; }, 1, 1);
  }
}

TEST(EngineOps, PoolsIntoReflectedBorders) {
  Chain net(12);
  net.add(ir::Pool2d{.kernel = 2});
  net.add(ir::Conv2d{.out = 20, .pad = {1, 1, 1, 1}, .pad_mode = ir::PadMode::kReflect});
  expect_parity(net.finish(), 14, 18);
}

TEST(EngineOps, Blurs) {
  for (int stride : {1, 2, 3}) {
    expect_op_parity([&](int) { return ir::Blur{.stride = stride}; });
    expect_op_parity([&](int) { return ir::Blur{.stride = stride}; }, 2, 2);
  }
  Chain net(1);
  net.add(ir::Blur{});
  expect_parity(net.finish(), 7, 9);
}

TEST(EngineOps, NormalizesByATarget) {
  for (int channels : kChannels) {
    Chain net(channels);
    const ir::NodeId x = net.add(ir::Conv2d{.out = channels, .pad = {1, 1, 1, 1}, .bias = false});
    net.add(ir::Conv2d{.out = channels, .kernel = 1, .bias = false});
    net.add(ir::Lade{}, {x, net.last()});
    net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu});
    net.add(ir::Add{}, {net.last(), x});
    net.add(ir::Conv2d{.out = 20, .pad = {1, 1, 1, 1}, .pad_mode = ir::PadMode::kReflect});
    expect_parity(net.finish(), 13, 17);
  }
}

TEST(EngineOps, MixesInstanceAndLayerNorms) {
  for (bool unbiased : {false, true}) {
    expect_op_parity([&](int) { return ir::Lin{.unbiased = unbiased}; });
    for (int channels : kChannels) {
      Chain net(channels);
      const ir::NodeId pool = net.add(ir::GlobalPool{});
      const ir::NodeId gamma = net.add(ir::Linear{.out = channels}, {pool});
      const ir::NodeId beta = net.add(ir::Linear{.out = channels, .bias = false}, {pool});
      net.add(ir::AdaLin{.unbiased = unbiased}, {0, gamma, beta});
      net.add(ir::Affine{.scale = 0.5F, .offset = 1});
      expect_parity(net.finish(), 13, 17);
    }
  }
}

TEST(EngineOps, AttendsToAMemory) {
  for (int memory : {1, 7, 32, 50}) {
    for (bool stored : {false, true}) {
      expect_op_parity([&](int) { return ir::ExternalAttention{.memory = memory, .stored = stored}; });
    }
  }
  Chain net(20);
  net.add(ir::Affine{.scale = 60});  // far beyond what exp can hold
  net.add(ir::ExternalAttention{.memory = 9});
  expect_parity(net.finish(), 20, 30, 2e-4F);
}

TEST(EngineOps, ScalesChannelsAndMixesGaussians) {
  expect_op_parity([](int) { return ir::ChannelScale{}; });
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 26, .height = 1, .width = 1});
  x = graph.add("z", ir::GaussianMixture{.components = 6}, {x});
  x = graph.add("fc", ir::Linear{.out = 12}, {x});
  graph.set_output(x);
  expect_parity(graph, 1, 1);
}

TEST(EngineOps, FlattensAndReshapesInChannelOrder) {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 20, .height = 4, .width = 5});
  x = graph.add("a", ir::Conv2d{.out = 12, .kernel = 1}, {x});
  x = graph.add("fc", ir::Linear{.out = 60}, {x});
  x = graph.add("relu", ir::Activation{}, {x});
  x = graph.add("fc2", ir::Linear{.out = 48, .bias = false}, {x});
  x = graph.add("r", ir::Reshape{.channels = 12, .height = 2, .width = 2}, {x});
  x = graph.add("b", ir::Conv2d{.out = 5, .kernel = 1}, {x});
  graph.set_output(x);
  expect_parity(graph, 4, 5);
}

}  // namespace
}  // namespace genga::engine
