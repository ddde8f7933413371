// That a frozen net computes the same as its source is shown in tests/parity, where the interpreter may be used.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

Model net_with_norms() {
  Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{.channels = 2});
  x = model.graph.add("in", ir::InstanceNorm{.eps = 1e-3F, .affine = false}, {x});
  x = model.graph.add("ln", ir::LayerNorm{.eps = 1e-4F}, {x});
  x = model.graph.add("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x});
  model.graph.set_output(x);
  model.tensors = {{"ln.weight", make_tensor({2}, {2, 3})}, {"ln.bias", make_tensor({2}, {4, 5})}};
  model.card.name = "norms";
  return model;
}

NormStatistics statistics() {
  NormStatistics s;
  s.nodes["in"] = {{0.1F, 0.2F}, {1.1F, 1.2F}};
  s.nodes["ln"] = {{0.5F, 0.5F}, {2.0F, 2.0F}};
  return s;
}

TEST(FreezeNorms, MakesTheNetLocal) {
  EXPECT_FALSE(ir::reach(net_with_norms().graph).local);
  const Model frozen = freeze_norms(net_with_norms(), statistics());
  EXPECT_TRUE(ir::reach(frozen.graph).local);
  EXPECT_NO_THROW(check_tensors(frozen.graph, frozen.tensors));
}

TEST(FreezeNorms, KeepsEpsScaleAndNames) {
  const Model frozen = freeze_norms(net_with_norms(), statistics());
  EXPECT_FLOAT_EQ(std::get<ir::BatchNorm>(frozen.graph.node(frozen.graph.find("in")).op).eps, 1e-3F);
  EXPECT_FLOAT_EQ(std::get<ir::BatchNorm>(frozen.graph.node(frozen.graph.find("ln")).op).eps, 1e-4F);
  EXPECT_EQ(frozen.tensors.at("ln.weight").to_f32(), (std::vector<float>{2, 3}));
  EXPECT_EQ(frozen.tensors.at("in.weight").to_f32(), (std::vector<float>{1, 1}));
  EXPECT_EQ(frozen.tensors.at("in.running_var").to_f32(), (std::vector<float>{1.1F, 1.2F}));
  EXPECT_EQ(frozen.card.name, "norms");
}

TEST(FreezeNorms, RefusesMissingStatistics) {
  NormStatistics partial = statistics();
  partial.nodes.erase("ln");
  EXPECT_THROW(freeze_norms(net_with_norms(), partial), Error);
}

TEST(FreezeNorms, RefusesStatisticsOfAnotherWidth) {
  NormStatistics wide = statistics();
  wide.nodes["ln"].mean.push_back(0);
  EXPECT_THROW(freeze_norms(net_with_norms(), wide), Error);
}

}  // namespace
}  // namespace genga::weights
