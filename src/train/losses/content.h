// How far a picture is from its target. Pictures are [N,C,H,W] in any one range; all return a scalar.
#pragma once

#include "torchnet/aten.h"

namespace genga::train {

at::Tensor l1(const at::Tensor& picture, const at::Tensor& target);
/// L1 between forward differences, summed over both axes: weighs edges, blind to slow changes of tone.
at::Tensor gradient_l1(const at::Tensor& picture, const at::Tensor& target);
/// gradient_l1 where the target is flat and only there: the faintest texture counts. For pictures in -1..1.
at::Tensor flat_gradient_l1(const at::Tensor& picture, const at::Tensor& target);
/// L1 between means over factor x factor blocks: holds colour without holding strokes.
at::Tensor low_pass_l1(const at::Tensor& picture, const at::Tensor& target, std::int64_t factor);

/// Rec. 601 luma of RGB. [N,3,H,W] -> [N,1,H,W]
at::Tensor luma(const at::Tensor& rgb);

}  // namespace genga::train
