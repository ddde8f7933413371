// torchnet = ref over the whole table and over random graphs.
#include <gtest/gtest.h>

#include "parity/random_graph.h"
#include "parity/torch_run.h"

namespace genga::parity {
namespace {

void expect_torch_equals_ref(const Case& c) {
  const ref::Array input = case_input(c.input, c.seed);
  const ref::Array expected = ref::run(c.graph, case_weights(c.graph, c.seed), input);
  const weights::Tensor actual = torchnet::from_torch(network_of(c).forward(to_torch(input)));
  const ir::Shape& s = expected.shape;
  EXPECT_EQ(actual.dims, (std::vector<std::int64_t>{s.n, s.c, s.h, s.w}));
  const double error = relative_error(expected.values, actual.to_f32());
  print_error("torch", c, error, c.tolerance);
  EXPECT_LE(error, c.tolerance);
}

class EveryCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(EveryCase, TorchEqualsRef) {
  expect_torch_equals_ref(GetParam());
}

TEST_P(EveryCase, WeightsComeBackUnchanged) {
  const Case& c = GetParam();
  const weights::TensorMap tensors = case_weights(c.graph, c.seed);
  const weights::TensorMap back = network_of(c).weights();
  ASSERT_EQ(back.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) EXPECT_EQ(back.at(name).to_f32(), tensor.to_f32()) << name;
}

TEST(RandomGraphs, TorchEqualsRef) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(ir::to_text(c.graph));
    expect_torch_equals_ref(c);
  }
}

TEST(Batch, OfThreeEqualsThreeBatchesOfOne) {
  for (const Case& c : pattern_cases()) {
    SCOPED_TRACE(c.name);
    ir::Shape shape = c.input;
    shape.n = 3;
    const at::Tensor batch = to_torch(case_input(shape, c.seed));
    torchnet::Network network = network_of(c);
    const at::Tensor together = network.forward(batch);
    for (std::int64_t n = 0; n < shape.n; ++n) {
      const at::Tensor alone = network.forward(batch.slice(0, n, n + 1));
      EXPECT_LE(relative_error(torchnet::from_torch(together.slice(0, n, n + 1)).to_f32(),
                               torchnet::from_torch(alone).to_f32()),
                c.tolerance);
    }
  }
}

}  // namespace
}  // namespace genga::parity
