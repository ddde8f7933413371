// Weights in and out, training and frozen modes, bf16 and spectral norm. That results equal the reference
// interpreter's is tested in tests/parity.

#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/transform.h"
#include "torchnet/convert.h"
#include "torchnet/network.h"
#include "torchnet/torch_guard.h"

namespace genga::torchnet {
namespace {

/// Convolution, batch norm, activation, linear: every kind of weight.
ir::Graph small_graph() {
  ir::Graph g;
  auto x = g.add("x", ir::Input{.channels = 3, .height = 6, .width = 6});
  x = g.add("a.conv", ir::Conv2d{.out = 4, .pad = {1, 1, 1, 1}}, {x});
  x = g.add("norm", ir::BatchNorm{}, {x});
  x = g.add("act", ir::Activation{.kind = ir::ActivationKind::kLeakyRelu}, {x});
  x = g.add("full", ir::Linear{.out = 2}, {x});
  g.set_output(x);
  return g;
}

at::Tensor ramp(at::IntArrayRef shape) {
  const at::Tensor numbers = at::arange(at::zeros(shape).numel(), at::kFloat);
  return at::sin(numbers * 0.37).view(shape);
}

float largest(const at::Tensor& tensor) {
  return tensor.abs().max().item<float>();
}

TEST(Network, GivesBackTheWeightsItWasGiven) {
  Network net(small_graph());
  const weights::TensorMap given = transform::random_weights(net.graph(), 7);
  net.set_weights(given);
  const weights::TensorMap got = net.weights();
  ASSERT_EQ(got.size(), given.size());
  for (const auto& [name, tensor] : given) {
    EXPECT_EQ(got.at(name).dims, tensor.dims) << name;
    EXPECT_EQ(got.at(name).to_f32(), tensor.to_f32()) << name;
  }
}

TEST(Network, RefusesTensorsOfAnotherGraph) {
  Network net(small_graph());
  weights::TensorMap tensors = transform::random_weights(net.graph(), 7);
  tensors.erase("full.bias");
  try {
    net.set_weights(tensors);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_NE(std::string(error.what()).find("full.bias"), std::string::npos) << error.what();
  }
}

TEST(Network, RefusesImagesOfTheWrongShape) {
  Network net(small_graph());
  net.set_weights(transform::random_weights(net.graph(), 7));
  EXPECT_THROW(net.forward(at::zeros({1, 4, 6, 6})), Error);
  EXPECT_THROW(net.forward(at::zeros({3, 6, 6})), Error);
}

TEST(Network, RefusesAGraphWithoutOutput) {
  ir::Graph g;
  g.add("x", ir::Input{});
  EXPECT_THROW(Network{g}, Error);
}

TEST(Network, BatchOfTwoEqualsTwoBatchesOfOne) {
  Network net(small_graph());
  net.set_weights(transform::random_weights(net.graph(), 7));
  const at::Tensor x = ramp({2, 3, 6, 6});
  const at::Tensor both = net.forward(x);
  const at::Tensor apart = at::cat({net.forward(x.narrow(0, 0, 1)), net.forward(x.narrow(0, 1, 1))});
  EXPECT_LT(largest(both - apart), 1e-6F);
}

TEST(Network, BatchNormUsesTheBatchInTrainingAndStatisticsOtherwise) {
  ir::Graph g;
  g.set_output(g.add("norm", ir::BatchNorm{}, {g.add("x", ir::Input{})}));
  Network net(g);
  net.set_weights(transform::random_weights(g, 1));
  const at::Tensor x = ramp({2, 3, 8, 8}) * 3 + 5;
  net.set_training(true);
  const at::Tensor normal = net.forward(x);
  EXPECT_LT(largest(normal.mean({0, 2, 3})), 1e-5F);
  // Momentum 0.1: the running mean went a tenth of the way from 0 to the batch's.
  const std::vector<float> mean = net.weights().at("norm.running_mean").to_f32();
  EXPECT_NEAR(mean[0], 0.1F * x.select(1, 0).mean().item<float>(), 1e-5F);
  net.set_training(false);
  EXPECT_GT(largest(net.forward(x) - normal), 0.1F);
  EXPECT_EQ(net.weights().at("norm.running_mean").to_f32(), mean);
}

TEST(Network, FrozenLetsGradientsThroughToTheInputOnly) {
  Network net(small_graph(), {.spectral_norm = true});
  net.set_weights(transform::random_weights(net.graph(), 7));
  net.set_frozen(true);
  const at::Tensor x = ramp({1, 3, 6, 6}).set_requires_grad(true);
  net.forward(x).square().sum().backward();
  EXPECT_GT(largest(x.grad()), 0);
  for (const auto& [name, parameter] : net.parameters()) EXPECT_FALSE(parameter.grad().defined()) << name;
}

TEST(Network, MovesPartOfTheWayTowardsAnother) {
  Network a(small_graph()), b(small_graph());
  a.set_weights(transform::random_weights(a.graph(), 1));
  b.set_weights(transform::random_weights(b.graph(), 2));
  const at::Tensor before = a.parameters().at("a.conv.weight").detach().clone();
  const at::Tensor goal = b.parameters().at("a.conv.weight").detach();
  a.move_towards(b, 0.25);
  EXPECT_LT(largest(a.parameters().at("a.conv.weight").detach() - (0.75 * before + 0.25 * goal)), 1e-6F);
}

TEST(Compute, RefusesWhatThisMachineCannotDo) {
  const auto message = [](std::string_view device, std::string_view precision) {
    try {
      find_compute(device, precision);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("cpu", "f32"), "");
  if (use_onednn_if_right()) {
    EXPECT_EQ(message("cpu", "bf16"), "");
  } else {
    EXPECT_EQ(message("cpu", "bf16"),
              "precision: is 'bf16', which needs oneDNN, and that is off or computes wrong convolutions here (Debian "
              "13's 3.7 does); use f32");
  }
  EXPECT_EQ(message("gpu", "f32"), "device: is 'gpu', expected cpu, cuda or auto");
  EXPECT_EQ(message("cpu", "fp16"), "precision: is 'fp16', expected f32, bf16 or f16");
  EXPECT_EQ(message("cpu", "f16"), "precision: f16 needs a GPU and the device is the CPU; use bf16 or f32");
  if (at::hasCUDA()) {
    EXPECT_EQ(message("cuda", "f16"), "");
  } else {
    EXPECT_NE(message("cuda", "f32").find("use --device cpu"), std::string::npos) << message("cuda", "f32");
  }
}

/// Convolutions with every padding, both kinds of arithmetic's ops between them, a norm and a tanh at the end.
ir::Graph image_graph() {
  ir::Graph g;
  const auto conv = [&](const char* name, ir::NodeId src, int out, ir::PadMode mode) {
    return g.add(name, ir::Conv2d{.out = out, .pad = {1, 1, 1, 1}, .pad_mode = mode}, {src});
  };
  const auto x = g.add("x", ir::Input{.channels = 3});
  const auto a = conv("a", x, 8, ir::PadMode::kReflect);
  const auto b = g.add("norm", ir::InstanceNorm{}, {a});
  const auto c = g.add("act", ir::Activation{.kind = ir::ActivationKind::kLeakyRelu}, {b});
  const auto d = g.add("sum", ir::Add{}, {c, conv("b", c, 8, ir::PadMode::kReplicate)});
  const auto e = g.add("up", ir::Upsample{.factor = 2}, {d});
  g.set_output(g.add("out", ir::Activation{.kind = ir::ActivationKind::kTanh}, {conv("c", e, 3, ir::PadMode::kZero)}));
  return g;
}

TEST(InstanceNorm, OneImageHasTheGradientsThatItHasInABatch) {
  ir::Graph g;
  g.set_output(g.add("norm", ir::InstanceNorm{}, {g.add("x", ir::Input{.channels = 8})}));
  Network net(g);
  net.set_weights(transform::random_weights(net.graph(), 3));
  const at::Tensor two = at::sin(at::arange(2 * 8 * 16 * 16, at::kFloat).square()).view({2, 8, 16, 16});
  const at::Tensor from_above = at::cos(at::arange(2 * 8 * 16 * 16, at::kFloat)).view({2, 8, 16, 16});
  const auto gradient = [&](std::int64_t n, at::MemoryFormat order) {
    at::Tensor leaf = two.narrow(0, 0, n).clone().requires_grad_();
    net.forward(leaf).backward(from_above.narrow(0, 0, n).contiguous(order));
    return leaf.grad().narrow(0, 0, 1);
  };
  const at::Tensor expected = gradient(2, at::MemoryFormat::Contiguous);
  for (const at::MemoryFormat order : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
    EXPECT_LT(largest(gradient(1, order) - expected), 1e-5F);
  }
}

TEST(Guard, TurnsWhatOneDnnThrowsIntoErrors) {
  try {
    guarded("network forward", [] { throw std::runtime_error("could not create a primitive"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_STREQ(error.what(), "network forward: LibTorch says: could not create a primitive");
  }
}

TEST(Compute, Bf16StaysNearF32ForwardAndBackward) {
  if (!use_onednn_if_right()) GTEST_SKIP() << "SKIPPED: oneDNN computes wrong convolutions here";
  Network exact(image_graph()), fast(image_graph(), {.compute = {at::kCPU, at::kBFloat16}});
  exact.set_weights(transform::random_weights(exact.graph(), 7));
  fast.set_weights(exact.weights());
  const at::Tensor x = ramp({2, 3, 16, 16});
  const at::Tensor y = exact.forward(x);
  at::Tensor near;
  try {
    near = fast.forward(x);
  } catch (const Error& error) {
    // ONEDNN_MAX_CPU_ISA is below AVX512_CORE, which LibTorch 1.13 does not look at.
    if (std::string(error.what()).find("primitive descriptor") == std::string::npos) throw;
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(near.scalar_type(), at::kFloat);
  EXPECT_LT(largest(near - y), 0.1F);
  EXPECT_GT(largest(near - y), 0) << "nothing was computed in bf16";
  y.square().mean().backward();
  near.square().mean().backward();
  for (const auto& [name, parameter] : exact.parameters()) {
    const at::Tensor& gradient = fast.parameters().at(name).grad();
    EXPECT_EQ(gradient.scalar_type(), at::kFloat) << name;
    EXPECT_LT((gradient - parameter.grad()).norm().item<float>(), 0.1F * parameter.grad().norm().item<float>() + 1e-4F)
        << name;
  }
}

TEST(SpectralNorm, FoldsIntoPlainWeightsOfTheSameNetwork) {
  Network normed(small_graph(), {.spectral_norm = true}), plain(small_graph());
  normed.set_weights(transform::random_weights(normed.graph(), 7));
  plain.set_weights(normed.weights());
  const at::Tensor x = ramp({2, 3, 6, 6});
  EXPECT_LT(largest(normed.forward(x) - plain.forward(x)), 1e-5F);
}

TEST(SpectralNorm, SparesTheNamedNode) {
  Network net(small_graph(), {.spectral_norm = true, .spectral_norm_except = "full"});
  const weights::TensorMap given = transform::random_weights(net.graph(), 7);
  net.set_weights(given);
  EXPECT_EQ(net.weights().at("full.weight").to_f32(), given.at("full.weight").to_f32());
  EXPECT_NE(net.weights().at("a.conv.weight").to_f32(), given.at("a.conv.weight").to_f32());
  EXPECT_FALSE(net.state().contains("full.spectral_left"));
}

TEST(SpectralNorm, BringsTheLargestSingularValueToOne) {
  const at::Tensor weight = ramp({5, 3, 3, 3}) * 4;
  SpectralNorm norm(weight);
  at::Tensor normal;
  for (int i = 0; i < 50; ++i) normal = norm.normalized(weight, true);
  EXPECT_NEAR(std::get<1>(at::svd(normal.flatten(1))).max().item<float>(), 1.0F, 1e-3F);
}

TEST(SpectralNorm, AdvancesInTrainingOnly) {
  Network net(small_graph(), {.spectral_norm = true});
  net.set_weights(transform::random_weights(net.graph(), 7));
  const auto left = [&] { return net.state().at("a.conv.spectral_left").to_f32(); };
  const std::vector<float> start = left();
  net.forward(ramp({1, 3, 6, 6}));
  EXPECT_EQ(left(), start);
  net.set_training(true);
  net.forward(ramp({1, 3, 6, 6}));
  EXPECT_NE(left(), start);
}

TEST(SpectralNorm, StateRestoresTheNetworkExactly) {
  Network a(small_graph(), {.spectral_norm = true}), b(small_graph(), {.spectral_norm = true});
  a.set_weights(transform::random_weights(a.graph(), 7));
  a.set_training(true);
  for (int i = 0; i < 3; ++i) a.forward(ramp({2, 3, 6, 6}));
  b.set_state(a.state());
  b.set_training(true);
  EXPECT_TRUE(at::equal(a.forward(ramp({2, 3, 6, 6})), b.forward(ramp({2, 3, 6, 6}))));
}

TEST(SpectralNorm, StateWithoutItsVectorIsRefusedByName) {
  Network net(small_graph(), {.spectral_norm = true});
  net.set_weights(transform::random_weights(net.graph(), 7));
  weights::TensorMap state = net.state();
  state.erase("full.spectral_left");
  try {
    net.set_state(state);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("full.spectral_left"), std::string::npos) << error.what();
  }
}

TEST(Convert, KeepsValuesOfOtherMemoryFormats) {
  const at::Tensor src = ramp({2, 3, 4, 5});
  const weights::Tensor stored = from_torch(src.contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_EQ(stored.dims, (std::vector<std::int64_t>{2, 3, 4, 5}));
  EXPECT_TRUE(at::equal(to_torch(stored), src));
}

}  // namespace
}  // namespace genga::torchnet
