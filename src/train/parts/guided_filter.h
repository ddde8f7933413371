// He's guided filter (algorithms.md 1.6) outside of a network: the IR's op as a function of tensors.
#pragma once

#include "torchnet/aten.h"
#include "torchnet/ops.h"

namespace genga::train {

/// guide, source: [N,C,H,W] in one range, to which eps belongs (eps is relative to the range squared). Differentiable.
inline at::Tensor guided_filter(const at::Tensor& guide, const at::Tensor& source, int radius, double eps) {
  torchnet::Call call;
  call.src = {guide, source};
  return torchnet::apply(ir::GuidedFilter{.radius = radius, .eps = static_cast<float>(eps)}, call);
}

}  // namespace genga::train
