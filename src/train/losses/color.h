// Color: conversions and losses. Images are RGB [N,3,H,W] in [-1,1]. algorithms.md 1.3, 11.
#pragma once

#include "torchnet/aten.h"
#include "train/run/step_context.h"

namespace genga::train {

/// Y in [0,1], U and V around 0. [N,3,H,W]
at::Tensor rgb_to_yuv(const at::Tensor& rgb);
/// sRGB to CIE Lab, white point D65: L in [0,100]. Values outside [-1,1] are clipped. [N,3,H,W]
at::Tensor rgb_to_lab(const at::Tensor& rgb);
/// TensorFlow's grey (.2989, .5870, .1140), three times. [N,3,H,W]
at::Tensor grey_rgb(const at::Tensor& rgb);
/// White-box's texture view: grey with weights drawn once a call, so that every image that is to be compared must be
/// in one call (concatenate real and fake). [N,3,H,W] -> [N,1,H,W]
at::Tensor random_luma(const at::Tensor& rgb, StepContext& context);

/// mean |dY| + huber(dU) + huber(dV); AnimeGAN, v1 and v2.
at::Tensor yuv_loss(const at::Tensor& image, const at::Tensor& target);
/// 2 mean |dL/100| + mean |da/255| + mean |db/255|; AnimeGANv3.
at::Tensor lab_loss(const at::Tensor& image, const at::Tensor& target);

}  // namespace genga::train
