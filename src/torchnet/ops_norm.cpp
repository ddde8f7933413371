#include "torchnet/ops.h"

namespace genga::torchnet {

at::Tensor apply(const ir::BatchNorm& op, const Call& call) {
  const NodeWeights& w = call.weights;
  return at::batch_norm(call.src[0], w.weight, w.bias, w.running_mean, w.running_var, call.training,
                        call.batch_norm_momentum, op.eps, /*cudnn_enabled=*/false);
}

at::Tensor apply(const ir::InstanceNorm& op, const Call& call) {
  return at::instance_norm(call.src[0], call.weights.weight, call.weights.bias, {}, {}, /*use_input_stats=*/true,
                           /*momentum=*/0, op.eps, /*cudnn_enabled=*/false);
}

at::Tensor apply(const ir::LayerNorm& op, const Call& call) {
  return at::group_norm(call.src[0], 1, call.weights.weight, call.weights.bias, op.eps, /*cudnn_enabled=*/false);
}

}  // namespace genga::torchnet
