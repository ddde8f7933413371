// What discriminators and generators minimise; all are means over the logit map. algorithms.md 1.1.
#pragma once

#include <string_view>

#include "torchnet/aten.h"

namespace genga::train {

/// kLsgan: Mao et al. 2017, arXiv 1611.04076, eq. (9) without the halves. kHinge: Lim and Ye 2017, arXiv 1705.02894.
enum class Adversarial { kLsgan, kHinge };
/// "lsgan", "hinge". Throws Error: kInvalidArgument.
Adversarial adversarial_by_name(std::string_view name);

/// logits: [N,1,H,W] of a discriminator. All return a scalar.
at::Tensor loss_when_real(Adversarial kind, const at::Tensor& logits);
at::Tensor loss_when_fake(Adversarial kind, const at::Tensor& logits);
/// The generator's wish: that its pictures pass for real.
at::Tensor loss_to_fool(Adversarial kind, const at::Tensor& logits);

}  // namespace genga::train
