// How far an image is from its target. Images are [N,C,H,W] in any one range; all return a scalar.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

at::Tensor l1(const at::Tensor& image, const at::Tensor& target);
/// L1 between forward differences, summed over both axes: weighs edges, blind to slow changes of tone.
at::Tensor gradient_l1(const at::Tensor& image, const at::Tensor& target);
/// gradient_l1 where the target is flat and only there: the faintest texture counts. For images in -1..1.
at::Tensor flat_gradient_l1(const at::Tensor& image, const at::Tensor& target);
/// L1 between means over factor x factor blocks: holds color without holding strokes.
at::Tensor low_pass_l1(const at::Tensor& image, const at::Tensor& target, std::int64_t factor);

/// Rec. 601 luma of RGB. [N,3,H,W] -> [N,1,H,W]
at::Tensor luma(const at::Tensor& rgb);

}  // namespace genga::train
