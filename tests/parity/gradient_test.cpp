// Gradients of torchnet against finite differences of the reference interpreter: two independent computations.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "parity/torch_run.h"

namespace genga::parity {
namespace {

constexpr double kTolerance = 3e-4;  // relative to the tensor's largest gradient; seen 9.5e-5
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

/// Largest difference between some numbers of `gradient` and central differences of `loss_of` around `values`, relative
/// to the largest gradient.
double gradient_error(const std::vector<float>& gradient, std::vector<float> values, const LossOf& loss_of) {
  if (gradient.size() != values.size()) return std::numeric_limits<double>::infinity();
  double peak = 1e-2;
  for (const float g : gradient) peak = std::max(peak, std::abs(static_cast<double>(g)));
  double worst = 0;
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
    worst = std::max(worst, std::abs(static_cast<double>(gradient[at]) - slope) / peak);
  }
  return worst;
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

  double error = gradient_error(torchnet::from_torch(x.grad()).to_f32(), input.values, [&](const auto& values) {
    return loss(ref::run(c.graph, tensors, ref::Array{c.input, values}), c.seed);
  });
  print_error("gradient", c, error, kTolerance);
  EXPECT_LE(error, kTolerance) << "input";
  for (const auto& [name, parameter] : network.parameters()) {
    const weights::Tensor& tensor = tensors.at(name);
    error = gradient_error(torchnet::from_torch(parameter.grad()).to_f32(), tensor.to_f32(),
                           [&, &name = name](const auto& values) {
                             weights::TensorMap moved = tensors;
                             moved.insert_or_assign(name, weights::make_tensor(tensor.dims, values));
                             return loss(ref::run(c.graph, moved, input), c.seed);
                           });
    print_error("gradient", c, error, kTolerance);
    EXPECT_LE(error, kTolerance) << name;
  }
}

}  // namespace
}  // namespace genga::parity
