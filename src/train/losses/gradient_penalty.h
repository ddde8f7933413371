// Penalties on a discriminator's gradient at its input. Their own gradient needs the discriminator's second derivative:
// every op of the IR that discriminators use has one in LibTorch (tested in losses/gradient_penalty_test.cpp).
#pragma once

#include <functional>

#include "torchnet/aten.h"
#include "train/losses/adversarial.h"
#include "train/run/step_context.h"

namespace genga::train {

/// Images [N,C,H,W] to logits of any shape.
using Discriminator = std::function<at::Tensor(const at::Tensor&)>;

/// The penalty that belongs to `kind`, without its weight (lambda, 10 in the papers); a scalar zero for kinds that have
/// none. One random point per image.
///   wgan-gp  mean (|grad D(x)| - 1)^2, x between real and fake. Gulrajani et al. 2017, arXiv 1704.00028, eq. (3).
///   wgan-lp  mean max(0, |grad D(x)| - 1)^2, same x. Petzka et al. 2018, arXiv 1709.08894, eq. (8).
///   dragan   as wgan-gp, x between real and real + 0.5 std(real) U(0,1). Kodali et al. 2017, arXiv 1705.07215.
at::Tensor gradient_penalty(Adversarial kind, const Discriminator& discriminator, const at::Tensor& real,
                            const at::Tensor& fake, StepContext& context);

/// mean |grad D(real)|^2 over images; the loss is gamma/2 times it. Mescheder et al. 2018, arXiv 1801.04406, eq. (9).
at::Tensor r1_penalty(const Discriminator& discriminator, const at::Tensor& real);

}  // namespace genga::train
