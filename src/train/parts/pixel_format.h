// Between the trainer's images, RGB in [-1,1], and those of networks whose published weights want others
// (algorithms.md T11). Differentiable.
#pragma once

#include "genga/weights.h"
#include "torchnet/aten.h"

namespace genga::train {

/// What a network of this format takes. [N,3,H,W]
inline at::Tensor to_network_pixels(const at::Tensor& rgb, const weights::PixelFormat& format) {
  const at::Tensor ordered = format.order == weights::ChannelOrder::kBgr ? rgb.flip({1}) : rgb;
  return (ordered + 1) * ((format.input_high - format.input_low) / 2) + format.input_low;
}

/// What it gives, as RGB in [-1,1].
inline at::Tensor from_network_pixels(const at::Tensor& pixels, const weights::PixelFormat& format) {
  const at::Tensor scaled = (pixels - format.output_low) * (2 / (format.output_high - format.output_low)) - 1;
  return format.order == weights::ChannelOrder::kBgr ? scaled.flip({1}) : scaled;
}

}  // namespace genga::train
