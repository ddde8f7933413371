// Gradients of torchnet against finite differences of the reference interpreter: neither side can share a mistake.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "parity/torch_run.h"

namespace genga::parity {
namespace {

constexpr double kTolerance = 2e-3;  // of the largest gradient seen in the tensor; f32 results leave about 5e-4
constexpr float kStep = 1.0F / 64;   // exact in f32; inputs keep 0.1 away from every kink (case_input)
constexpr int kSamples = 6;          // numbers checked per tensor

/// sum(result * direction), with the direction made from the seed: a scalar that every result takes part in.
double loss(const ref::Array& result, std::uint64_t seed) {
  const std::vector<float> direction = case_input(result.shape, seed + 7).values;
  double sum = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    sum += static_cast<double>(result.values[i]) * static_cast<double>(direction[i]);
  }
  return sum;
}

using LossOf = std::function<double(const std::vector<float>& values)>;

/// Compares some numbers of `gradient` with central differences of `loss_of` around `values`.
void expect_gradient(const std::string& what, const std::vector<float>& gradient, std::vector<float> values,
                     const LossOf& loss_of) {
  ASSERT_EQ(gradient.size(), values.size()) << what;
  double peak = 1e-2;
  for (const float g : gradient) peak = std::max(peak, std::abs(static_cast<double>(g)));
  std::mt19937_64 random(values.size());
  for (int i = 0; i < kSamples; ++i) {
    const std::size_t at = random() % values.size();
    const float middle = values[at];
    values[at] = middle + kStep;
    const double above = loss_of(values);
    values[at] = middle - kStep;
    const double below = loss_of(values);
    values[at] = middle;
    const double slope = (above - below) / (2.0 * static_cast<double>(kStep));
    EXPECT_NEAR(gradient[at], slope, kTolerance * peak) << what << "[" << at << "]";
  }
}

class SmallCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Op, SmallCase, testing::ValuesIn(op_cases()), [](const auto& row) { return row.param.name; });

TEST_P(SmallCase, GradientsEqualFiniteDifferences) {
  const Case& c = GetParam();
  const ref::Array input = case_input(c.input, c.seed);
  const weights::TensorMap tensors = case_weights(c.graph, c.seed);
  torchnet::Network network = network_of(c);
  const at::Tensor x = to_torch(input).requires_grad_(true);
  const at::Tensor result = network.forward(x);
  const ir::Shape shape{result.size(0), result.size(1), result.size(2), result.size(3)};
  (result * to_torch(case_input(shape, c.seed + 7))).sum().backward();

  expect_gradient("input", torchnet::from_torch(x.grad()).to_f32(), input.values, [&](const auto& values) {
    return loss(ref::run(c.graph, tensors, ref::Array{c.input, values}), c.seed);
  });
  for (const auto& [name, parameter] : network.parameters()) {
    const weights::Tensor& tensor = tensors.at(name);
    expect_gradient(name, torchnet::from_torch(parameter.grad()).to_f32(), tensor.to_f32(), [&](const auto& values) {
      weights::TensorMap moved = tensors;
      moved.insert_or_assign(name, weights::make_tensor(tensor.dims, values));
      return loss(ref::run(c.graph, moved, input), c.seed);
    });
  }
}

}  // namespace
}  // namespace genga::parity
