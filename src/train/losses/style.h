// Losses between feature maps [N,C,H,W] of a fixed network (parts/perceptual.h). algorithms.md 1.3. Content is l1() of
// losses/content.h on one layer's features.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

/// Correlation of channels per image, F^T F / (H W C): [N,C,C]. Gatys et al. 2016, eq. (3).
at::Tensor gram(const at::Tensor& features);
/// The same after subtracting every channel's spatial mean: strokes without the palette (AnimeGANv3).
at::Tensor decentralised_gram(const at::Tensor& features);

/// mean |gram(a) - gram(b)|
at::Tensor style_loss(const at::Tensor& a, const at::Tensor& b);
/// mean |decentralised_gram(a) - decentralised_gram(b)| / C, as AnimeGANv3 scales it.
at::Tensor decentralised_style_loss(const at::Tensor& a, const at::Tensor& b);

/// How differently two images' features are spread, whatever their places: mean distance of the sorted projections on
/// kDirections random directions (of unit length, drawn from `random`). a, b: [N,C,H,W], image by image. Gradient
/// flows to a. Source: Heitz et al., CVPR 2021, "A sliced Wasserstein loss for neural texture synthesis", eq. (4);
/// differs: absolute distance, fewer directions.
at::Tensor sliced_wasserstein(const at::Tensor& a, const at::Tensor& b, at::Generator& random);
inline constexpr std::int64_t kDirections = 32;

}  // namespace genga::train
