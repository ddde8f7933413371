// Style, color and total variation losses against values computed by hand or by the published code.
#include <gtest/gtest.h>

#include <cmath>

#include "train/losses/color.h"
#include "train/losses/mixture.h"
#include "train/losses/patch_nce.h"
#include "train/losses/style.h"
#include "train/losses/total_variation.h"
#include "train/parts/guided_filter.h"

namespace genga::train {
namespace {

double value(const at::Tensor& scalar) {
  return scalar.item<double>();
}

/// One pixel of a color given in 0..1.
at::Tensor pixel(float r, float g, float b) {
  return at::tensor({r, g, b}).view({1, 3, 1, 1}) * 2 - 1;
}

TEST(Color, YuvOfRed) {
  const at::Tensor yuv = rgb_to_yuv(pixel(1, 0, 0)).flatten();
  EXPECT_NEAR(value(yuv[0]), 0.299, 1e-6);
  EXPECT_NEAR(value(yuv[1]), -0.14714119, 1e-6);
  EXPECT_NEAR(value(yuv[2]), 0.61497538, 1e-6);
}

TEST(Color, YuvLossIsL1InLumaAndHuberInChroma) {
  EXPECT_NEAR(value(yuv_loss(pixel(1, 1, 1), pixel(0, 0, 0))), 1, 1e-5);
  const double expected = 0.299 + 0.14714119 * 0.14714119 / 2 + 0.61497538 * 0.61497538 / 2;
  EXPECT_NEAR(value(yuv_loss(pixel(1, 0, 0), pixel(0, 0, 0))), expected, 1e-5);
}

TEST(Color, LabHasTheValuesOfTheStandard) {
  const auto expect_lab = [](const at::Tensor& rgb, double l, double a, double b) {
    const at::Tensor lab = rgb_to_lab(rgb).flatten();
    EXPECT_NEAR(value(lab[0]), l, 0.01);
    EXPECT_NEAR(value(lab[1]), a, 0.02);
    EXPECT_NEAR(value(lab[2]), b, 0.02);
  };
  expect_lab(pixel(1, 1, 1), 100, 0, 0);
  expect_lab(pixel(0, 0, 0), 0, 0, 0);
  expect_lab(pixel(1, 0, 0), 53.24, 80.09, 67.20);
  expect_lab(pixel(0, 0, 1), 32.30, 79.19, -107.86);
  expect_lab(pixel(0.5F, 0.5F, 0.5F), 53.39, 0, 0);
}

TEST(Color, LabLossWeighsLightnessTwice) {
  EXPECT_NEAR(value(lab_loss(pixel(1, 1, 1), pixel(0, 0, 0))), 2, 1e-3);
  const double expected = 2 * (100 - 53.24) / 100 + 80.09 / 255 + 67.20 / 255;
  EXPECT_NEAR(value(lab_loss(pixel(1, 0, 0), pixel(1, 1, 1))), expected, 1e-3);
}

TEST(Color, LabHasFiniteGradientsAtBlackAndBeyondTheRange) {
  const at::Tensor x = at::tensor({-1.0F, -1.5F, 1.5F, 0.0F, -0.999F, 1.0F}).view({2, 3, 1, 1}).set_requires_grad(true);
  rgb_to_lab(x).sum().backward();
  EXPECT_TRUE(at::isfinite(x.grad()).all().item<bool>());
}

TEST(Color, GreyIsTheSameInAllChannels) {
  const at::Tensor grey = grey_rgb(pixel(1, 0, 0.5F));
  EXPECT_NEAR(value(grey.flatten()[0]), 0.2989 - 0.5870, 1e-6) << "on -1..1 directly, as TensorFlow does";
  EXPECT_EQ(value(grey.flatten()[0]), value(grey.flatten()[2]));
}

TEST(Color, RandomLumaKeepsGreyAndFollowsTheContext) {
  StepContext a(1, 5), b(1, 5), c(1, 6);
  const at::Tensor x = at::cat({pixel(0.25F, 0.25F, 0.25F), pixel(1, 0, 0)});
  const at::Tensor of_a = random_luma(x, a);
  EXPECT_NEAR(value(of_a[0]), -0.5, 1e-6);
  EXPECT_TRUE(at::equal(of_a, random_luma(x, b)));
  EXPECT_FALSE(at::equal(of_a, random_luma(x, c)));
  // Red's share: least .199/(.199+.687+.214), most .399/(.399+.487+.014).
  const double red = (value(of_a[1]) + 1) / 2;
  EXPECT_GT(red, 0.18);
  EXPECT_LT(red, 0.444);
}

TEST(Style, GramIsDividedByAllNumbersOfTheMap) {
  const at::Tensor features = at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({1, 2, 1, 2});
  const at::Tensor expected = at::tensor({5.0F, 11.0F, 11.0F, 25.0F}).view({1, 2, 2}) / 4;
  EXPECT_LT((gram(features) - expected).abs().max().item<float>(), 1e-6F);
  EXPECT_LT((decentralised_gram(features) - 0.5 / 4).abs().max().item<float>(), 1e-6F);
  EXPECT_NEAR(value(style_loss(features, at::zeros_like(features))), (5 + 11 + 11 + 25) / 16.0, 1e-6);
  EXPECT_NEAR(value(decentralised_style_loss(features, at::zeros_like(features))), 0.5 / 4 / 2, 1e-6);
}

TEST(Style, DecentralisedIsBlindToThePalette) {
  const at::Tensor features = at::sin(at::arange(2 * 3 * 4 * 4, at::kFloat)).view({2, 3, 4, 4});
  const at::Tensor shifted = features + at::tensor({0.5F, -1.0F, 2.0F}).view({1, 3, 1, 1});
  EXPECT_NEAR(value(decentralised_style_loss(features, shifted)), 0, 1e-6);
  EXPECT_GT(value(style_loss(features, shifted)), 0.01);
}

TEST(SlicedWasserstein, IsBlindToPlacesAndSeesAShift) {
  StepContext context(1, 0);
  const at::Tensor a = at::sin(at::arange(2 * 3 * 16).to(at::kFloat)).view({2, 3, 4, 4});
  EXPECT_NEAR(value(sliced_wasserstein(a, a.flip({2, 3}), context.random())), 0, 1e-6);
  // One channel: every direction is 1 or -1, and all numbers are 0.5 apart.
  const at::Tensor grey = a.narrow(1, 0, 1);
  EXPECT_NEAR(value(sliced_wasserstein(grey, grey + 0.5, context.random())), 0.5, 1e-6);
}

TEST(SlicedWasserstein, PullsTheFirstTowardsTheSecond) {
  StepContext context(1, 0);
  at::Tensor a = at::zeros({1, 3, 4, 4}).requires_grad_();
  const at::Tensor b = at::ones({1, 3, 4, 4});
  const double before = value(sliced_wasserstein(a, b, context.random()));
  sliced_wasserstein(a, b, context.random()).backward();
  EXPECT_LT(value(sliced_wasserstein(a - a.grad(), b, context.random())), before);
}

TEST(TotalVariation, MeansEachAxisByItself) {
  const at::Tensor x = at::tensor({0.0F, 1.0F, 2.0F, 4.0F}).view({1, 1, 2, 2});
  EXPECT_NEAR(value(total_variation(x)), ((4 + 9) / 2.0 + (1 + 4) / 2.0) / 2, 1e-6);
  EXPECT_NEAR(value(whitebox_total_variation(x)), ((4 + 9) / 2.0 + (1 + 4) / 2.0) / 4, 1e-6);
  EXPECT_NEAR(value(whitebox_total_variation(x.expand({5, 3, 2, 2}))), 9 / 12.0, 1e-6) << "not divided by the batch";
}

TEST(PatchNce, IsTheCrossEntropyOfOwnAgainstOthers) {
  // Two orthogonal patches: logits 1/tau on the diagonal, 0 beside it.
  const at::Tensor features = at::eye(2).t().reshape({1, 2, 2, 1});
  EXPECT_NEAR(value(patch_nce(features, features, 1.0)), std::log(1 + std::exp(-1.0)), 1e-5);
  EXPECT_NEAR(value(patch_nce(features * 7, features * 3, 1.0)), std::log(1 + std::exp(-1.0)), 1e-5) << "unit length";
  EXPECT_NEAR(value(patch_nce(features, features.flip({2}), 1.0)), std::log(1 + std::exp(1.0)), 1e-5);
  EXPECT_NEAR(value(patch_nce(features, features)), std::log(1 + std::exp(-1 / 0.07)), 1e-5);
}

TEST(PatchNce, ComparesWithinAnImageOnlyAndHoldsTheKey) {
  const at::Tensor q = at::sin(at::arange(2 * 4 * 3, at::kFloat)).view({2, 4, 3, 1}).set_requires_grad(true);
  const at::Tensor k = at::cos(at::arange(2 * 4 * 3, at::kFloat)).view({2, 4, 3, 1}).set_requires_grad(true);
  const at::Tensor loss = patch_nce(q, k);
  const double apart = (value(patch_nce(q.narrow(0, 0, 1), k.narrow(0, 0, 1))) +
                        value(patch_nce(q.narrow(0, 1, 1), k.narrow(0, 1, 1)))) /
                       2;
  EXPECT_NEAR(value(loss), apart, 1e-5);
  loss.backward();
  EXPECT_GT(q.grad().abs().max().item<float>(), 0);
  EXPECT_FALSE(k.grad().defined());
}

TEST(PatchNce, PicksTheSamePlacesInEveryImage) {
  const at::Tensor features = at::arange(2 * 3 * 2 * 2, at::kFloat).view({2, 3, 2, 2});
  const at::Tensor picked = pick(features, at::tensor({3, 0}, at::kLong));
  ASSERT_EQ(picked.sizes(), (at::IntArrayRef{2, 3, 2, 1}));
  EXPECT_EQ(value(picked[1][2][0][0]), 23);
  EXPECT_EQ(value(picked[0][1][1][0]), 4);
  StepContext a(3, 9), b(3, 9);
  const at::Tensor places = random_positions(100, 16, a);
  EXPECT_EQ(places.numel(), 16);
  EXPECT_EQ(std::get<0>(at::_unique(places)).numel(), 16) << "different ones";
  EXPECT_TRUE(at::equal(places, random_positions(100, 16, b)));
  EXPECT_EQ(random_positions(5, 16, a).numel(), 5);
}

TEST(Mixture, RegulariserHoldsDeviationsAtOne) {
  EXPECT_NEAR(value(sigma_regulariser(at::tensor({1.0F, 0.2F}))), 0.32, 1e-6);
}

TEST(GuidedFilter, KeepsAStepItIsGuidedByAndSmoothsOthers) {
  const at::Tensor step = at::cat({at::full({1, 1, 8, 4}, -1.0F), at::full({1, 1, 8, 4}, 1.0F)}, 3);
  const at::Tensor flat = at::zeros({1, 1, 8, 8});
  EXPECT_LT((guided_filter(step, step, 1, 1e-4) - step).abs().max().item<float>(), 1e-3F);
  // A guide without structure gives the mean of means: the step spreads over two pixels on both sides.
  const at::Tensor blurred = guided_filter(flat, step, 1, 1e-4);
  EXPECT_NEAR(value(blurred[0][0][4][3]), (-1.0 - 1.0 / 3 + 1.0 / 3) / 3, 1e-5);
}

}  // namespace
}  // namespace genga::train
