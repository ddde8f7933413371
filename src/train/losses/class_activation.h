// The auxiliary classifier of U-GAT-IT, from the maps that its attention computes anyway.
// Source: Kim et al., ICLR 2020, arXiv 1907.10830, section 2.1.1.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

/// x: features [N,C,H,W]; average_map, max_map: x times the classifier's weights for average- and for max-pooled
/// features. Returns the two logits, [N,2]: sum_k w_k mean(x_k) and sum_k w_k max(x_k).
at::Tensor class_activation_logits(const at::Tensor& x, const at::Tensor& average_map, const at::Tensor& max_map);

}  // namespace genga::train
