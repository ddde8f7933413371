// Tests of frozen norms: graphs and weights. Their results are compared in tests/parity.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/transform.h"

namespace genga::transform {
namespace {

weights::Model net_with_norms() {
  weights::Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{.channels = 2});
  x = model.graph.add("in", ir::InstanceNorm{.eps = 1e-3F, .affine = false}, {x});
  x = model.graph.add("ln", ir::LayerNorm{.eps = 1e-4F}, {x});
  x = model.graph.add("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x});
  model.graph.set_output(x);
  model.tensors = {{"ln.weight", weights::make_tensor({2}, {2, 3})}, {"ln.bias", weights::make_tensor({2}, {4, 5})}};
  model.card.name = "norms";
  return model;
}

weights::NormStatistics statistics() {
  weights::NormStatistics s;
  s.values = {{"in.mean", {0.1F, 0.2F}}, {"in.var", {1.1F, 1.2F}}, {"ln.mean", {0.5F, 0.5F}}, {"ln.var", {2.0F, 2.0F}}};
  return s;
}

TEST(FreezeNorms, MakesTheNetLocal) {
  EXPECT_FALSE(ir::receptive_field(net_with_norms().graph).local);
  const weights::Model frozen = freeze_norms(net_with_norms(), statistics());
  EXPECT_TRUE(ir::receptive_field(frozen.graph).local);
  EXPECT_NO_THROW(weights::check_tensors(frozen.graph, frozen.tensors));
}

TEST(FreezeNorms, KeepsEpsScaleAndNames) {
  const weights::Model frozen = freeze_norms(net_with_norms(), statistics());
  EXPECT_FLOAT_EQ(std::get<ir::BatchNorm>(frozen.graph.node(frozen.graph.find("in")).op).eps, 1e-3F);
  EXPECT_FLOAT_EQ(std::get<ir::BatchNorm>(frozen.graph.node(frozen.graph.find("ln")).op).eps, 1e-4F);
  EXPECT_EQ(frozen.tensors.at("ln.weight").to_f32(), (std::vector<float>{2, 3}));
  EXPECT_EQ(frozen.tensors.at("in.weight").to_f32(), (std::vector<float>{1, 1}));
  EXPECT_EQ(frozen.tensors.at("in.running_var").to_f32(), (std::vector<float>{1.1F, 1.2F}));
  EXPECT_EQ(frozen.card.name, "norms");
}

TEST(FreezeNorms, DropsWhatOnlyModulatedANorm) {
  weights::Model model;
  const ir::NodeId x = model.graph.add("x", ir::Input{.channels = 2});
  const ir::NodeId pool = model.graph.add("pool", ir::GlobalPool{}, {x});
  const ir::NodeId gamma = model.graph.add("gamma", ir::Linear{.out = 2}, {pool});
  model.graph.set_output(model.graph.add("norm", ir::AdaLin{.eps = 0}, {x, gamma, pool}));
  model.tensors = random_weights(model.graph, 1);
  model.tensors.at("norm.rho") = weights::make_tensor({2}, {1.F, 0.25F});
  weights::NormStatistics seen;
  seen.values = {{"norm.mean", {3, 4}},       {"norm.var", {4, 4}},
                 {"norm.layer_mean", {8, 8}}, {"norm.layer_var", {0.25F, 0.25F}},
                 {"norm.gamma", {2, 5}},      {"norm.beta", {6, 7}}};
  const weights::Model frozen = freeze_norms(model, seen);
  EXPECT_TRUE(ir::receptive_field(frozen.graph).local);
  EXPECT_EQ(frozen.graph.nodes().size(), 2U);
  EXPECT_NO_THROW(weights::check_tensors(frozen.graph, frozen.tensors));
  // Channel 0: (x - 3) / 2 * 2 + 6. Channel 1: (0.25 * (x - 4) / 2 + 0.75 * (x - 8) / 0.5) * 5 + 7.
  EXPECT_EQ(frozen.tensors.at("norm.running_mean").to_f32(), (std::vector<float>{3, 12.5F / 1.625F}));
  EXPECT_EQ(frozen.tensors.at("norm.weight").to_f32(), (std::vector<float>{1, 8.125F}));
  EXPECT_EQ(frozen.tensors.at("norm.bias").to_f32(), (std::vector<float>{6, 7}));
}

TEST(FreezeNorms, RefusesMissingStatistics) {
  weights::NormStatistics partial = statistics();
  partial.values.erase("ln.var");
  try {
    freeze_norms(net_with_norms(), partial);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "LayerNorm 'ln': statistics 'ln.var' are missing, expected 2 numbers");
  }
}

TEST(FreezeNorms, RefusesStatisticsOfAnotherWidth) {
  weights::NormStatistics wide = statistics();
  wide.values["ln.mean"].push_back(0);
  EXPECT_THROW(freeze_norms(net_with_norms(), wide), Error);
}

}  // namespace
}  // namespace genga::transform
