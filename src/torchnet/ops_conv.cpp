// Convolutions and the fully connected layer; these compute in the type of the arithmetic (f32, bf16, f16).

#include "torchnet/ops.h"

namespace genga::torchnet {
namespace {

/// src: [N,C,H,W]; dst: [N,C,H+top+bottom,W+left+right].
at::Tensor pad_spatial(const at::Tensor& src, const ir::Pad& pad, ir::PadMode mode) {
  const std::array<std::int64_t, 4> left_right_top_bottom{pad[1], pad[3], pad[0], pad[2]};
  switch (mode) {  // LibTorch 1.13 cannot mirror bf16
    case ir::PadMode::kReflect:
      return at::reflection_pad2d(src.to(at::kFloat), left_right_top_bottom);
    case ir::PadMode::kReplicate:
      return at::replication_pad2d(src.to(at::kFloat), left_right_top_bottom);
    case ir::PadMode::kZero:
      break;
  }
  return at::constant_pad_nd(src, left_right_top_bottom, 0);
}

/// Sources and weights in the type of the arithmetic; bias may be undefined.
struct Operands {
  at::Tensor src, weight, bias;
};
Operands operands(const at::Tensor& src, const NodeWeights& weights, at::ScalarType arithmetic) {
  const auto cast = [&](const at::Tensor& tensor) { return tensor.defined() ? tensor.to(arithmetic) : tensor; };
  return {cast(src), cast(weights.weight), cast(weights.bias)};
}

}  // namespace

at::Tensor apply(const ir::Conv2d& op, const Call& call) {
  const auto& [top, left, bottom, right] = op.pad;
  // Symmetric zero padding is free inside the convolution; everything else needs a padded copy.
  const bool inside = op.pad_mode == ir::PadMode::kZero && top == bottom && left == right;
  const bool none = top == 0 && left == 0 && bottom == 0 && right == 0;
  const at::Tensor padded = inside || none ? call.src[0] : pad_spatial(call.src[0], op.pad, op.pad_mode);
  const std::array<std::int64_t, 2> padding{inside ? top : 0, inside ? left : 0};
  const auto [src, weight, bias] = operands(padded, call.weights, call.arithmetic);
  return at::conv2d(src, weight, bias, op.stride, padding, 1, op.groups);
}

at::Tensor apply(const ir::ConvTranspose2d& op, const Call& call) {
  // LibTorch 1.13 hands bf16 on CPUs to oneDNN's plain convolution, which expects the weight's dimensions in another
  // order.
  const at::ScalarType arithmetic = call.src[0].is_cpu() ? at::kFloat : call.arithmetic;
  const auto [src, weight, bias] = operands(call.src[0], call.weights, arithmetic);
  return at::conv_transpose2d(src, weight, bias, op.stride, op.pad, op.output_pad);
}

at::Tensor apply(const ir::Linear& op, const Call& call) {
  const auto [flat, weight, bias] = operands(call.src[0].flatten(1), call.weights, call.arithmetic);  // [N,C*H*W]
  return at::linear(flat, weight, bias).view({flat.size(0), op.out, 1, 1});
}

}  // namespace genga::torchnet
