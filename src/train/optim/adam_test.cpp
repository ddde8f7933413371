// Adam against the paper written out; clipping, loss scaling, saved state.
#include "train/optim/adam.h"

#include <gtest/gtest.h>

#include <cmath>

#include "genga/error.h"

namespace genga::train {
namespace {

torchnet::NamedTensors one_weight(float value) {
  return {{"w", at::full({1}, value).set_requires_grad(true)}};
}

void backward(torchnet::NamedTensors& parameters, float slope) {
  (parameters.at("w") * slope).sum().backward();
}

TEST(Adam, FollowsThePaper) {
  auto p = one_weight(1);
  Adam adam(p, {.beta1 = 0.9, .beta2 = 0.99});
  double w = 1, m = 0, v = 0;
  for (int t = 1; t <= 5; ++t) {
    const double g = 0.5 * t;
    adam.clear_gradients();
    backward(p, static_cast<float>(g));
    EXPECT_NEAR(adam.step(0.1), g, 1e-6);
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g * g;
    w -= 0.1 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.99, t))) + 1e-8);
    EXPECT_NEAR(p.at("w").item<double>(), w, 1e-5);
  }
}

TEST(Adam, DoesNothingWhenTheGradientIsNotFinite) {
  auto p = one_weight(1);
  Adam adam(p, {});
  backward(p, std::nanf(""));
  EXPECT_FALSE(std::isfinite(adam.step(0.1)));
  EXPECT_EQ(p.at("w").item<float>(), 1);
  weights::TensorMap state;
  adam.save(state, "");
  EXPECT_EQ(state.at("steps").to_f32(), (std::vector<float>{0, 0}));
}

TEST(Adam, ClipsTheGradientToTheNorm) {
  auto clipped = one_weight(1), small = one_weight(1);
  Adam a(clipped, {.beta2 = 0.9, .clip = 2}), b(small, {.beta2 = 0.9});
  backward(clipped, 100);
  backward(small, 2);
  EXPECT_NEAR(a.step(0.1), 100, 1e-4);
  b.step(0.1);
  EXPECT_EQ(clipped.at("w").item<float>(), small.at("w").item<float>());
}

TEST(Adam, GoesOnExactlyFromItsSavedState) {
  auto p = one_weight(1), q = one_weight(1);
  Adam a(p, {}), b(q, {});
  backward(p, 0.3F);
  a.step(0.1);
  weights::TensorMap state;
  a.save(state, "x/");
  b.load(state, "x/");
  {
    const at::NoGradGuard no_grad;
    q.at("w").copy_(p.at("w"));
  }
  for (auto* side : {&p, &q}) side->at("w").mutable_grad().reset();
  backward(p, 0.7F);
  backward(q, 0.7F);
  a.step(0.1);
  b.step(0.1);
  EXPECT_EQ(p.at("w").item<float>(), q.at("w").item<float>());
}

TEST(Adam, ScalesTheLossWithoutChangingTheStep) {
  auto p = one_weight(1), q = one_weight(1);
  Adam scaled(p, {.clip = 0.5, .scale_loss = true}), plain(q, {.clip = 0.5});
  for (int i = 0; i < 3; ++i) {
    scaled.backward(p.at("w").square().sum());
    EXPECT_EQ(p.at("w").grad().item<float>(), 65536 * 2 * p.at("w").item<float>());
    plain.backward(q.at("w").square().sum());
    EXPECT_NEAR(scaled.step(0.1), plain.step(0.1), 1e-6);
    EXPECT_NEAR(p.at("w").item<float>(), q.at("w").item<float>(), 1e-6);
  }
}

TEST(Adam, HalvesALossScaleThatIsTooLargeAndKeepsItInItsState) {
  auto p = one_weight(1);
  Adam adam(p, {.scale_loss = true});
  adam.backward(p.at("w").sum() * 1e35);  // times 65536: beyond f32
  EXPECT_EQ(adam.step(0.1), 0);
  EXPECT_EQ(p.at("w").item<float>(), 1);
  adam.backward(p.at("w").sum());
  EXPECT_NEAR(adam.step(0.1), 1, 1e-6);
  weights::TensorMap state;
  adam.save(state, "");
  EXPECT_EQ(state.at("scale").to_f32(), (std::vector<float>{32768, 1}));
  Adam other(p, {.scale_loss = true});
  other.load(state, "");
  other.backward(p.at("w").sum());
  EXPECT_EQ(p.at("w").grad().item<float>(), 32768);
}

TEST(Adam, GivesUpOnALossThatNoScaleMakesFinite) {
  auto p = one_weight(1);
  Adam adam(p, {.scale_loss = true});
  const auto steps_until_it_says_so = [&] {
    for (int i = 0; i < 100; ++i) {
      adam.backward(p.at("w").sum() * std::nan(""));
      if (!std::isfinite(adam.step(0.1))) return i;
    }
    return 100;
  };
  EXPECT_EQ(steps_until_it_says_so(), 26);  // 2^16 down to 2^-10
}

TEST(Adam, NamesTheTensorAStateLacks) {
  auto p = one_weight(1);
  Adam adam(p, {});
  try {
    adam.load({}, "adam/");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("adam/w.m"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace genga::train
