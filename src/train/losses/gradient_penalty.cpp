// Penalties by double backward.
#include "train/losses/gradient_penalty.h"

// at::Tensor::backward lives in ATen, but a gradient of a gradient does not.
#include <torch/csrc/autograd/autograd.h>

namespace genga::train {
namespace {

/// d sum(D(x)) / dx, itself differentiable in the discriminator's weights. [N,C,H,W]
at::Tensor input_gradient(const Discriminator& discriminator, const at::Tensor& x) {
  const at::Tensor point = x.detach().clone().set_requires_grad(true);
  const at::Tensor sum = discriminator(point).sum();
  return torch::autograd::grad({sum}, {point}, /*grad_outputs=*/{}, /*retain_graph=*/true, /*create_graph=*/true)[0];
}

/// A point per image on the line between two images. [N,C,H,W]
at::Tensor between(const at::Tensor& a, const at::Tensor& b, StepContext& context) {
  const at::Tensor weight = context.uniform({a.size(0), 1, 1, 1}).to(a.device());
  return at::lerp(a, b, weight);
}

}  // namespace

at::Tensor gradient_penalty(Adversarial kind, const Discriminator& discriminator, const at::Tensor& real,
                            const at::Tensor& fake, StepContext& context) {
  at::Tensor other = fake.detach();
  if (kind == Adversarial::kDragan) {
    other = real.detach() + 0.5 * real.detach().std() * context.uniform(real.sizes()).to(real.device());
  } else if (kind != Adversarial::kWganGp && kind != Adversarial::kWganLp) {
    return at::zeros({}, real.options());
  }
  const at::Tensor gradient = input_gradient(discriminator, between(real.detach(), other, context));
  const at::Tensor excess = gradient.flatten(1).norm(2, {1}) - 1;
  return (kind == Adversarial::kWganLp ? at::relu(excess) : excess).square().mean();
}

at::Tensor r1_penalty(const Discriminator& discriminator, const at::Tensor& real) {
  return input_gradient(discriminator, real).square().flatten(1).sum(1).mean();
}

}  // namespace genga::train
