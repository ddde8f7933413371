// Total variation of images [N,C,H,W], as two families scale it. algorithms.md 1.3. All return a scalar.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

/// (mean dh^2 + mean dw^2) / 2; AnimeGANv2 and v3.
at::Tensor total_variation(const at::Tensor& image);
/// (mean dh^2 + mean dw^2) / (C H W); White-box.
at::Tensor whitebox_total_variation(const at::Tensor& image);

}  // namespace genga::train
