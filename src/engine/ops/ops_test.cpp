// What the parity table (tests/parity) has no rows for: sweeps over channel counts that fill no whole block, and
// numbers or sizes that are unusual.
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

TEST(EngineOps, NormalizesWithoutEpsilonBesideUnusedChannels) {
  for (bool layer : {false, true}) {
    Chain net(12);
    net.add(layer ? ir::Op{ir::LayerNorm{.eps = 0}} : ir::Op{ir::InstanceNorm{.eps = 0}});
    net.add(ir::Conv2d{.out = 5, .kernel = 1});
    expect_parity(net.finish(), 13, 17, test::kRounding);
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

TEST(EngineOps, AppliesEveryActivationBetweenOtherOps) {
  for (ir::ActivationKind kind : {ir::ActivationKind::kRelu, ir::ActivationKind::kLeakyRelu, ir::ActivationKind::kTanh,
                                  ir::ActivationKind::kSigmoid}) {
    for (int channels : kChannels) {
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

TEST(EngineOps, AddsAValueToItself) {
  Chain net(12);
  const ir::NodeId a = net.add(ir::Conv2d{.out = 20, .kernel = 1});
  net.add(ir::Add{}, {a, a});
  expect_parity(net.finish(), 6, 9, test::kSums);
}

TEST(EngineOps, FiltersGuidedOverBandsOfRows) {
  for (int radius : {1, 9}) {
    for (const auto& [h, w] : {std::pair{150, 5}, std::pair{1, 1}}) {
      for (int channels : {3, 20}) {
        Chain net(channels);
        const ir::NodeId y = net.add(ir::Conv2d{.out = channels, .kernel = 1});
        net.add(ir::GuidedFilter{.radius = radius, .eps = 5e-3F}, {0, y});
        expect_parity(net.finish(), h, w, test::kRounding);
      }
    }
  }
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
  expect_parity(graph, 4, 5, test::kSums);
}

}  // namespace
}  // namespace genga::engine
