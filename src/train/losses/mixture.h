// DeLiGAN's mixture of Gaussians as latent. algorithms.md 3.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

/// mean (deviation - 1)^2, which keeps components from collapsing to points; Gurumurthy et al. 2017, arXiv 1706.02071,
/// eq. (8). Weights: 1/3 MNIST, .05 sketches, .1 toy.
at::Tensor sigma_regulariser(const at::Tensor& deviation);

}  // namespace genga::train
