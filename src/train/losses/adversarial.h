// Adversarial losses of discriminators and generators; all are means over the logit map. algorithms.md 1.1.
// The penalties that wgan-gp, wgan-lp and dragan add are in losses/gradient_penalty.h.
#pragma once

#include <string_view>

#include "torchnet/aten.h"

namespace genga::train {

/// kLsgan: Mao et al. 2017, arXiv 1611.04076, eq. (9) without the halves. kVanilla: Goodfellow et al. 2014, arXiv
/// 1406.2661, non-saturating, on logits. kHinge: Lim and Ye 2017, arXiv 1705.02894. kWganGp, kWganLp: the discriminator
/// of Arjovsky et al. 2017, arXiv 1701.07875. kDragan: vanilla (Kodali et al. 2017, arXiv 1705.07215).
enum class Adversarial { kLsgan, kVanilla, kHinge, kWganGp, kWganLp, kDragan };
/// "lsgan", "vanilla", "hinge", "wgan-gp", "wgan-lp", "dragan". Throws Error: kInvalidArgument.
Adversarial adversarial_by_name(std::string_view name);

/// logits: [N,1,H,W] of a discriminator. label: what it should say; only lsgan and vanilla know labels besides 0 and 1
/// (label smoothing; AnimeGANv3 uses .9 and .1). All return a scalar.
at::Tensor loss_when_real(Adversarial kind, const at::Tensor& logits, double label = 1);
at::Tensor loss_when_fake(Adversarial kind, const at::Tensor& logits, double label = 0);
/// What the generator minimises: small where the discriminator takes its images for real.
at::Tensor loss_to_fool(Adversarial kind, const at::Tensor& logits, double label = 1);

}  // namespace genga::train
