// Patchwise contrast: a patch of the result should know which patch of the photo it came from.
// Source: Park et al. 2020, arXiv 2007.15651, eqs. (3), (4); algorithms.md 9.
// Usual calls, per layer:  const at::Tensor at = random_positions(h * w, 256, context);
//                          loss = patch_nce(mlp.forward(pick(of_result, at)), mlp.forward(pick(of_photo, at)));
#pragma once

#include "torchnet/aten.h"
#include "train/run/step_context.h"

namespace genga::train {

/// min(n_positions, count) different indices below n_positions. [P], int64
at::Tensor random_positions(std::int64_t n_positions, std::int64_t count, StepContext& context);
/// Feature vectors at positions y * W + x, the same in every image. [N,C,H,W] -> [N,C,P,1]
at::Tensor pick(const at::Tensor& features, const at::Tensor& positions);

/// Cross-entropy of "query i belongs to key i" against the other keys of the same image, mean over all queries.
/// query, key: [N,D,P,1]; both are scaled to unit length here, the key carries no gradient.
at::Tensor patch_nce(const at::Tensor& query, const at::Tensor& key, double temperature = 0.07);

}  // namespace genga::train
