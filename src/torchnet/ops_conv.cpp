#include "torchnet/ops.h"

namespace genga::torchnet {
namespace {

/// src: [N,C,H,W]; dst: [N,C,H+top+bottom,W+left+right].
at::Tensor pad_spatial(const at::Tensor& src, const ir::Pad& pad, ir::PadMode mode) {
  const std::array<std::int64_t, 4> left_right_top_bottom{pad[1], pad[3], pad[0], pad[2]};
  switch (mode) {
    case ir::PadMode::kReflect:
      return at::reflection_pad2d(src, left_right_top_bottom);
    case ir::PadMode::kReplicate:
      return at::replication_pad2d(src, left_right_top_bottom);
    case ir::PadMode::kZero:
      break;
  }
  return at::constant_pad_nd(src, left_right_top_bottom, 0);
}

}  // namespace

at::Tensor apply(const ir::Conv2d& op, const Call& call) {
  const auto& [top, left, bottom, right] = op.pad;
  // Symmetric zero padding is free inside the convolution; everything else needs a padded copy.
  const bool inside = op.pad_mode == ir::PadMode::kZero && top == bottom && left == right;
  const bool none = top == 0 && left == 0 && bottom == 0 && right == 0;
  const at::Tensor src = inside || none ? call.src[0] : pad_spatial(call.src[0], op.pad, op.pad_mode);
  const std::array<std::int64_t, 2> padding{inside ? top : 0, inside ? left : 0};
  return at::conv2d(src, call.weights.weight, call.weights.bias, op.stride, padding, 1, op.groups);
}

at::Tensor apply(const ir::ConvTranspose2d& op, const Call& call) {
  return at::conv_transpose2d(call.src[0], call.weights.weight, call.weights.bias, op.stride, op.pad, op.output_pad);
}

at::Tensor apply(const ir::Linear& op, const Call& call) {
  const at::Tensor flat = call.src[0].flatten(1);  // [N,C*H*W]
  return at::linear(flat, call.weights.weight, call.weights.bias).view({flat.size(0), op.out, 1, 1});
}

}  // namespace genga::torchnet
