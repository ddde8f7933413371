// Penalties of discriminators whose gradient is known, and second derivatives of every op that discriminators use.
#include "train/losses/gradient_penalty.h"

#include <gtest/gtest.h>

#include "genga/models.h"
#include "genga/transform.h"
#include "torchnet/network.h"

namespace genga::train {
namespace {

double value(const at::Tensor& scalar) {
  return scalar.item<double>();
}

/// D(x) = w . x per image: its gradient is w wherever it is taken.
Discriminator linear(const at::Tensor& w) {
  return [w](const at::Tensor& x) { return (x * w).sum({1, 2, 3}); };
}

const at::Tensor kWeight = at::tensor({3.0F, 0.0F, 0.0F, 4.0F}).view({1, 1, 2, 2});  // length 5

TEST(GradientPenalty, OfALinearDiscriminatorIsItsSlope) {
  StepContext context(1, 0);
  const at::Tensor real = at::rand({3, 1, 2, 2}), fake = at::rand({3, 1, 2, 2});
  const auto penalty = [&](Adversarial kind, const at::Tensor& w) {
    return value(gradient_penalty(kind, linear(w), real, fake, context));
  };
  EXPECT_NEAR(penalty(Adversarial::kWganGp, kWeight), 16, 1e-4);
  EXPECT_NEAR(penalty(Adversarial::kWganLp, kWeight), 16, 1e-4);
  EXPECT_NEAR(penalty(Adversarial::kDragan, kWeight), 16, 1e-4);
  EXPECT_NEAR(penalty(Adversarial::kWganGp, kWeight / 10), 0.25, 1e-5);
  EXPECT_NEAR(penalty(Adversarial::kWganLp, kWeight / 10), 0, 1e-6) << "slopes below 1 are free";
  EXPECT_EQ(penalty(Adversarial::kHinge, kWeight), 0);
}

TEST(GradientPenalty, PullsTheSlopeTowardsOne) {
  StepContext context(1, 0);
  const at::Tensor w = kWeight.clone().set_requires_grad(true);
  gradient_penalty(Adversarial::kWganGp, linear(w), at::rand({2, 1, 2, 2}), at::rand({2, 1, 2, 2}), context).backward();
  // d (|w| - 1)^2 / dw = 2 (|w| - 1) w / |w|
  EXPECT_LT((w.grad() - 8 * kWeight / 5).abs().max().item<float>(), 1e-4F);
}

TEST(GradientPenalty, IsTakenBetweenTheImages) {
  // D(x) = |x|^2 / 2 has gradient x: the penalty of images 3 and 5 pixels long lies between 4 and 16.
  const Discriminator square = [](const at::Tensor& x) { return x.square().sum({1, 2, 3}) / 2; };
  StepContext context(1, 0);
  const at::Tensor three = at::full({8, 1, 1, 1}, 3.0F), five = at::full({8, 1, 1, 1}, 5.0F);
  const double penalty = value(gradient_penalty(Adversarial::kWganGp, square, three, five, context));
  EXPECT_GT(penalty, 4);
  EXPECT_LT(penalty, 16);
  EXPECT_NEAR(value(gradient_penalty(Adversarial::kDragan, square, three, five, context)), 4, 1e-5)
      << "images without any deviation stay where they are";
}

TEST(R1, IsTheSquareOfTheGradientAtRealImages) {
  const Discriminator square = [](const at::Tensor& x) { return x.square().sum({1, 2, 3}) / 2; };
  const at::Tensor real = at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({2, 2, 1, 1});
  EXPECT_NEAR(value(r1_penalty(square, real)), (1 + 4 + 9 + 16) / 2.0, 1e-5);
}

struct Discriminator {
  const char* name;
  ir::Graph graph;
  std::int64_t side;
  bool spectral_norm;
};

/// The same network with tanh in place of leaky ReLU, whose kinks would spoil finite differences.
ir::Graph smooth(const ir::Graph& graph) {
  ir::Graph out;
  for (const ir::Node& node : graph.nodes()) {
    const bool kinked = std::holds_alternative<ir::Activation>(node.op);
    out.add(node.name, kinked ? ir::Op(ir::Activation{.kind = ir::ActivationKind::kTanh}) : node.op, node.src);
  }
  out.set_output(graph.output());
  return out;
}

/// Slope of the penalty along a direction in weight space: by the chain rule, and by two evaluations.
void expect_second_derivative(const Discriminator& discriminator) {
  torchnet::Network net(smooth(discriminator.graph), {.spectral_norm = discriminator.spectral_norm});
  net.set_weights(transform::random_weights(net.graph(), 3));
  const at::Tensor x = at::sin(at::arange(2 * 3 * discriminator.side * discriminator.side, at::kFloat) * 0.7F)
                           .view({2, 3, discriminator.side, discriminator.side});
  const auto penalty = [&] { return r1_penalty([&](const at::Tensor& p) { return net.forward(p); }, x); };
  penalty().backward();
  double slope = 0;
  std::map<std::string, at::Tensor> direction;
  for (const auto& [name, parameter] : net.parameters()) {
    if (!parameter.grad().defined()) continue;  // a last bias does not change any gradient
    direction[name] = parameter.grad().clone();
    slope += parameter.grad().square().sum().item<double>();
  }
  const auto moved = [&](double t) {
    const double fraction = t / slope;
    {
      const at::NoGradGuard no_grad;
      for (const auto& [name, d] : direction) net.parameters()[name].add_(d, fraction);
    }
    const double result = value(penalty());
    const at::NoGradGuard no_grad;
    for (const auto& [name, d] : direction) net.parameters()[name].sub_(d, fraction);
    return result;
  };
  ASSERT_GT(slope, 0) << discriminator.name;
  const double step = 0.02 * value(penalty());  // the penalty changes by so much
  EXPECT_NEAR((moved(step) - moved(-step)) / (2 * step), 1, 0.1) << discriminator.name;
}

TEST(R1, HasADerivativeInEveryDiscriminator) {
  expect_second_derivative({"dcgan", models::dcgan_discriminator({.width = 4, .logits = true}), 64, false});
  expect_second_derivative({"patch", models::patch_discriminator(3, 4), 32, true});
  expect_second_derivative({"animegan, instance norm", models::animegan_discriminator(4), 32, true});
  expect_second_derivative({"animegan_v2, layer norm", models::animegan_v2_discriminator(4), 32, true});
  expect_second_derivative({"animegan_v3, LADE", models::animegan_v3_discriminator(4), 32, false});
  expect_second_derivative(
      {"patchgan, blur", models::patchgan_discriminator({.width = 4, .anti_alias = true}), 32, false});
  expect_second_derivative(
      {"ugatit, class activation maps", models::ugatit_discriminator(models::UgatitScope::kLocal, 4), 32, true});
}

}  // namespace
}  // namespace genga::train
