// Every op in bf16 arithmetic: results, gradients and gradients of gradients (penalties of discriminators need them)
// are there, are f32 and stay near those of f32 arithmetic.
#include <gtest/gtest.h>

#include "parity/torch_run.h"

namespace genga::parity {
namespace {

// Norm of the difference relative to the norm: bf16 rounds by up to 2^-9 = 0.002 what goes in and what comes out.
constexpr double kTolerance = 0.02;              // seen 0.0093
constexpr double kModelTolerance = 0.1;          // through all layers; seen 0.063
constexpr double kModelGradientTolerance = 0.5;  // norms over few pixels amplify; seen 0.39, a cosine of 0.92

struct Run {
  at::Tensor result, input_gradient, penalty_gradient;
  torchnet::NamedTensors gradients;
};

at::Tensor grad_of(const at::Tensor& tensor) {
  return tensor.grad().defined() ? tensor.grad().clone() : at::zeros_like(tensor);
}

Run run(const Case& c, at::ScalarType arithmetic, bool second_order) {
  torchnet::Network network = network_of(c, {.compute = {at::kCPU, arithmetic}});
  Run run;
  const at::Tensor x = to_torch(case_input(c.input, c.seed)).requires_grad_(true);
  run.result = network.forward(x);
  const ir::Shape shape{run.result.size(0), run.result.size(1), run.result.size(2), run.result.size(3)};
  const at::Tensor loss = (run.result * to_torch(case_input(shape, c.seed + 7))).sum();
  loss.backward({}, true, second_order);
  run.input_gradient = x.grad();
  for (const auto& [name, parameter] : network.parameters()) run.gradients[name] = grad_of(parameter);
  if (!second_order || !run.input_gradient.requires_grad()) return run;
  for (const auto& [name, parameter] : network.parameters()) parameter.mutable_grad().reset();
  const at::Tensor penalty = run.input_gradient.square().sum();
  run.input_gradient = run.input_gradient.detach().clone();
  penalty.backward();
  for (const auto& [name, parameter] : network.parameters())
    run.gradients[name + " of the penalty"] = grad_of(parameter);
  return run;
}

void expect_near(const Case& c, const std::string& what, const at::Tensor& exact, const at::Tensor& fast,
                 double tolerance) {
  EXPECT_EQ(fast.scalar_type(), at::kFloat) << what;
  const double error = (fast - exact).norm().item<double>() / std::max(1e-3, exact.norm().item<double>());
  print_error("bf16 " + what, c, error, tolerance);
  EXPECT_LE(error, tolerance) << what;
}

/// Tensor by tensor.
void expect_op_near(const Case& c) {
  const Run exact = run(c, at::kFloat, true), fast = run(c, at::kBFloat16, true);
  expect_near(c, "result", exact.result, fast.result, kTolerance);
  expect_near(c, "input's gradient", exact.input_gradient, fast.input_gradient, kTolerance);
  for (const auto& [name, gradient] : exact.gradients) {
    expect_near(c, name, gradient, fast.gradients.at(name), kTolerance);
  }
}

at::Tensor joined(const torchnet::NamedTensors& tensors) {
  std::vector<at::Tensor> flat;
  for (const auto& [_, tensor] : tensors) flat.push_back(tensor.flatten());
  return at::cat(flat);
}

/// All weights' gradients as one vector: that of a bias before a norm is nothing but rounding errors.
void expect_model_near(const Case& c) {
  const Run exact = run(c, at::kFloat, false), fast = run(c, at::kBFloat16, false);
  expect_near(c, "result", exact.result, fast.result, kModelTolerance);
  expect_near(c, "gradient", joined(exact.gradients), joined(fast.gradients), kModelGradientTolerance);
}

class Bf16Op : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Op, Bf16Op, testing::ValuesIn(op_cases()), [](const auto& row) { return row.param.name; });

TEST_P(Bf16Op, StaysNearF32) {
  expect_op_near(GetParam());
}

class Bf16Model : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Model, Bf16Model, testing::ValuesIn(model_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(Bf16Model, StaysNearF32) {
  expect_model_near(GetParam());
}

}  // namespace
}  // namespace genga::parity
