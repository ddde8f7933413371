// Class activation logits against sums written out.
#include "train/losses/class_activation.h"

#include <gtest/gtest.h>

namespace genga::train {
namespace {

TEST(ClassActivation, LogitsAreTheClassifiersOfPooledFeatures) {
  const at::Tensor x = at::sin(at::arange(2 * 3 * 4 * 5).to(at::kFloat)).view({2, 3, 4, 5});
  const at::Tensor w_average = at::tensor({0.5F, -1.0F, 2.0F}), w_max = at::tensor({-1.5F, 0.25F, 1.0F});
  const at::Tensor logits = class_activation_logits(x, x * w_average.view({1, 3, 1, 1}), x * w_max.view({1, 3, 1, 1}));
  const at::Tensor expected = at::stack({at::mv(x.mean({2, 3}), w_average), at::mv(x.amax({2, 3}), w_max)}, 1);
  EXPECT_EQ(logits.sizes(), at::IntArrayRef({2, 2}));
  EXPECT_TRUE(at::allclose(logits, expected, 1e-5, 1e-6));
}

TEST(ClassActivation, GradientReachesTheWeightsAndTheFeatures) {
  const at::Tensor x = at::cos(at::arange(24).to(at::kFloat)).view({1, 2, 3, 4}).set_requires_grad(true);
  const at::Tensor w = at::tensor({0.5F, -1.0F}).set_requires_grad(true);
  const at::Tensor map = x * w.view({1, 2, 1, 1});
  class_activation_logits(x, map, map).sum().backward();
  const at::Tensor pooled = x.detach().mean({2, 3}) + x.detach().amax({2, 3});  // d logits / d w
  EXPECT_TRUE(at::allclose(w.grad(), pooled.flatten(), 1e-5, 1e-6));
  EXPECT_GT(x.grad().abs().min().item<float>(), 0);  // the mean alone reaches every pixel
}

}  // namespace
}  // namespace genga::train
