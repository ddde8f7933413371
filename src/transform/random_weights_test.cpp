// Tests of random weights: complete, deterministic, of the promised deviation.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "genga/transform.h"

namespace genga::transform {
namespace {

ir::Graph small_net() {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 16});
  x = graph.add("conv", ir::Conv2d{.out = 64, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  x = graph.add("bn", ir::BatchNorm{}, {x});
  x = graph.add("up", ir::ConvTranspose2d{.out = 8}, {x});
  graph.set_output(x);
  return graph;
}

TEST(RandomWeights, AreExactlyWhatTheGraphNeeds) {
  const ir::Graph graph = small_net();
  EXPECT_NO_THROW(weights::check_tensors(graph, random_weights(graph, 1)));
}

TEST(RandomWeights, DependOnTheSeedAlone) {
  const ir::Graph graph = small_net();
  const auto weight = [&](std::uint64_t seed) { return random_weights(graph, seed).at("conv.weight").to_f32(); };
  EXPECT_EQ(weight(7), weight(7));
  EXPECT_NE(weight(7), weight(8));
}

TEST(RandomWeights, AreTheSameOnEveryMachine) {
  const std::vector<float> values = random_weights(small_net(), 7).at("conv.weight").to_f32();
  const std::array<float, 4> expected{-0x1.109b58p-3F, 0x1.b3d318p-4F, -0x1.a64dd4p-5F, 0x1.6b5ca8p-3F};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(values[i], expected[i]) << i;
}

TEST(RandomWeights, AreHeNormalForConvolutionsAndUnitForNorms) {
  const weights::TensorMap tensors = random_weights(small_net(), 3);
  const auto deviation = [&](const char* name) {
    double sum = 0;
    const std::vector<float> values = tensors.at(name).to_f32();
    for (const float v : values) sum += static_cast<double>(v) * v;
    return std::sqrt(sum / static_cast<double>(values.size()));
  };
  EXPECT_NEAR(deviation("conv.weight"), std::sqrt(2.0 / (16 * 9)), 0.003);
  EXPECT_NEAR(deviation("up.weight"), std::sqrt(2.0 / (64 * 4)), 0.003);  // 4 of 16 taps meet in a pixel at stride 2
  EXPECT_EQ(deviation("conv.bias"), 0);
  EXPECT_EQ(tensors.at("bn.running_var").to_f32(), std::vector<float>(64, 1.0F));
  EXPECT_EQ(tensors.at("bn.running_mean").to_f32(), std::vector<float>(64, 0.0F));
  EXPECT_EQ(tensors.at("bn.weight").to_f32(), std::vector<float>(64, 1.0F));
}

}  // namespace
}  // namespace genga::transform
