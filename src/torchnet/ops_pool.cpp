// Pooling, the low-pass before subsampling, and external attention.

#include "torchnet/ops.h"

namespace genga::torchnet {

at::Tensor apply(const ir::Pool2d& op, const Call& call) {
  if (op.kind == ir::PoolKind::kMax) {
    return at::max_pool2d(call.src[0], op.kernel, op.stride, op.pad, /*dilation=*/1, op.ceil_mode);
  }
  return at::avg_pool2d(call.src[0], op.kernel, op.stride, op.pad, op.ceil_mode, /*count_include_pad=*/false);
}

at::Tensor apply(const ir::GlobalPool& op, const Call& call) {
  const std::array<std::int64_t, 2> axes{2, 3};
  return op.kind == ir::PoolKind::kMax ? at::amax(call.src[0], axes, /*keepdim=*/true)
                                       : at::mean(call.src[0], axes, /*keepdim=*/true);
}

at::Tensor apply(const ir::Blur& op, const Call& call) {
  const at::Tensor& src = call.src[0];
  // 1/4, 1/2, 1/4, made where it is used: a CUDA graph cannot copy from the host.
  const at::Tensor line = (2 - at::arange(-1, 2, src.options()).abs()) / 4;
  const at::Tensor kernel = at::outer(line, line).expand({src.size(1), 1, 3, 3});
  const std::array<std::int64_t, 2> no_padding{0, 0};
  return at::conv2d(at::reflection_pad2d(src, {1, 1, 1, 1}), kernel, {}, op.stride, no_padding, 1, src.size(1));
}

// Source: AnimeGANv3, tools/ops.py external_attention_v3. Pixels are rows: a view, as sources are channels_last.
at::Tensor apply(const ir::ExternalAttention& op, const Call& call) {
  const at::Tensor& src = call.src[0];
  const at::Tensor& memory = call.weights.weight;                   // [C,K]
  const at::Tensor rows = src.permute({0, 2, 3, 1}).flatten(1, 2);  // [N,P,C]
  const at::Tensor similarities = rows.matmul(memory);              // [N,P,K]
  const at::Tensor over_pixels = op.stored ? (similarities - call.weights.log_sum).exp() : similarities.softmax(1);
  const at::Tensor attention = over_pixels / (over_pixels.sum(2, /*keepdim=*/true) + 1e-9);
  const at::Tensor result = attention.matmul(memory.t());  // [N,P,C]
  return result.view({src.size(0), src.size(2), src.size(3), src.size(1)}).permute({0, 3, 1, 2});
}

}  // namespace genga::torchnet
