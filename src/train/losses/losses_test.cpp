// Adversarial and content losses against values computed by hand.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

double value(const at::Tensor& scalar) {
  return scalar.item<double>();
}

TEST(Adversarial, LsganWantsOneForRealAndZeroForFake) {
  const at::Tensor logits = at::tensor({0.0F, 1.0F, 3.0F});
  EXPECT_NEAR(value(loss_when_real(Adversarial::kLsgan, logits)), (1 + 0 + 4) / 3.0, 1e-6);
  EXPECT_NEAR(value(loss_when_fake(Adversarial::kLsgan, logits)), (0 + 1 + 9) / 3.0, 1e-6);
  EXPECT_NEAR(value(loss_to_fool(Adversarial::kLsgan, logits)), (1 + 0 + 4) / 3.0, 1e-6);
}

TEST(Adversarial, HingeStopsCaringBeyondTheMargin) {
  const at::Tensor logits = at::tensor({-2.0F, 0.5F, 2.0F});
  EXPECT_NEAR(value(loss_when_real(Adversarial::kHinge, logits)), (3 + 0.5 + 0) / 3.0, 1e-6);
  EXPECT_NEAR(value(loss_when_fake(Adversarial::kHinge, logits)), (0 + 1.5 + 3) / 3.0, 1e-6);
  EXPECT_NEAR(value(loss_to_fool(Adversarial::kHinge, logits)), -0.5 / 3.0, 1e-6);
}

TEST(Adversarial, VanillaIsCrossEntropyOnLogits) {
  const at::Tensor logits = at::tensor({0.0F, 2.0F});
  const double ln2 = 0.693147, of_two = 0.126928;  // softplus(-2); softplus(2) is 2 more
  EXPECT_NEAR(value(loss_when_real(Adversarial::kVanilla, logits)), (ln2 + of_two) / 2, 1e-5);
  EXPECT_NEAR(value(loss_when_fake(Adversarial::kVanilla, logits)), (ln2 + of_two + 2) / 2, 1e-5);
  EXPECT_NEAR(value(loss_to_fool(Adversarial::kVanilla, logits)), (ln2 + of_two) / 2, 1e-5);
  EXPECT_NEAR(value(loss_to_fool(Adversarial::kDragan, logits)), (ln2 + of_two) / 2, 1e-5);
}

TEST(Adversarial, LabelsMayBeSmoothed) {
  const at::Tensor logits = at::tensor({0.9F, 0.1F});
  EXPECT_NEAR(value(loss_when_real(Adversarial::kLsgan, logits, 0.9)), 0.64 / 2, 1e-6);
  EXPECT_NEAR(value(loss_when_fake(Adversarial::kLsgan, logits, 0.1)), 0.64 / 2, 1e-6);
  // -.9 log s(x) - .1 log(1 - s(x)) at x = 2
  const at::Tensor two = at::tensor({2.0F});
  EXPECT_NEAR(value(loss_when_real(Adversarial::kVanilla, two, 0.9)), 0.9 * 0.126928 + 0.1 * 2.126928, 1e-5);
}

TEST(Adversarial, WassersteinIsTheDifferenceOfMeans) {
  const at::Tensor logits = at::tensor({-1.0F, 4.0F});
  EXPECT_NEAR(value(loss_when_real(Adversarial::kWganGp, logits)), -1.5, 1e-6);
  EXPECT_NEAR(value(loss_when_fake(Adversarial::kWganLp, logits)), 1.5, 1e-6);
  EXPECT_NEAR(value(loss_to_fool(Adversarial::kWganGp, logits)), -1.5, 1e-6);
}

TEST(Adversarial, IsFoundByNameOrRefused) {
  for (const char* name : {"lsgan", "vanilla", "hinge", "wgan-gp", "wgan-lp", "dragan"}) adversarial_by_name(name);
  EXPECT_EQ(adversarial_by_name("hinge"), Adversarial::kHinge);
  EXPECT_THROW(adversarial_by_name("wgan"), Error);
}

TEST(Content, GradientLossIgnoresAShiftOfTone) {
  const at::Tensor image = at::sin(at::arange(2 * 3 * 8 * 8, at::kFloat)).view({2, 3, 8, 8});
  EXPECT_NEAR(value(gradient_l1(image + 0.3, image)), 0, 1e-6);
  EXPECT_NEAR(value(l1(image + 0.3, image)), 0.3, 1e-6);
}

TEST(Content, GradientLossSumsBothAxes) {
  at::Tensor ramp = at::arange(8, at::kFloat).view({1, 1, 1, 8}).expand({1, 1, 8, 8});
  EXPECT_NEAR(value(gradient_l1(ramp, at::zeros({1, 1, 8, 8}))), 1, 1e-6);
  EXPECT_NEAR(value(gradient_l1(ramp + ramp.transpose(2, 3), at::zeros({1, 1, 8, 8}))), 2, 1e-6);
}

TEST(Content, FlatGradientLossSeesTextureOnlyWhereTheTargetIsFlat) {
  const at::Tensor left = at::arange(32).view({1, 1, 1, 32}).expand({1, 3, 32, 32}) < 16;
  const at::Tensor texture = 0.1 * at::sin(at::arange(32 * 32, at::kFloat)).view({1, 1, 32, 32}).expand({1, 3, 32, 32});
  const at::Tensor target = at::where(left, at::zeros({}), 10 * texture);  // flat on the left
  EXPECT_NEAR(value(flat_gradient_l1(target + 0.3, target)), 0, 1e-6);
  const double flat = value(flat_gradient_l1(target + texture * left, target));
  EXPECT_GT(flat, 0.5 * value(gradient_l1(texture * left, at::zeros_like(texture))));
  EXPECT_LT(value(flat_gradient_l1(target + texture * ~left, target)), 0.02 * flat);
}

TEST(Content, LowPassLossIgnoresStrokesWithinABlock) {
  at::Tensor image = at::zeros({1, 1, 8, 8});
  image.index_put_({0, 0, 3, 3}, 1.0F);
  at::Tensor moved = at::zeros({1, 1, 8, 8});
  moved.index_put_({0, 0, 6, 1}, 1.0F);
  EXPECT_NEAR(value(low_pass_l1(image, moved, 8)), 0, 1e-7);
  EXPECT_GT(value(low_pass_l1(image, moved, 4)), 0);
}

TEST(Content, LumaOfGreyIsItself) {
  const at::Tensor grey = at::full({1, 3, 2, 2}, 0.25F);
  EXPECT_LT((luma(grey) - 0.25).abs().max().item<float>(), 1e-6F);
}

}  // namespace
}  // namespace genga::train
