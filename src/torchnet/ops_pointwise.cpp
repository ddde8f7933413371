// Ops that treat every number by itself, joining and reshaping, and the mixture of Gaussians.

#include "torchnet/ops.h"

namespace genga::torchnet {

at::Tensor apply(const ir::Input&, const Call& call) {
  return call.src[0];
}

at::Tensor apply(const ir::Reshape& op, const Call& call) {
  return call.src[0].reshape({call.src[0].size(0), op.channels, op.height, op.width});
}

at::Tensor apply(const ir::Activation& op, const Call& call) {
  switch (op.kind) {
    case ir::ActivationKind::kRelu:
      return at::relu(call.src[0]);
    case ir::ActivationKind::kLeakyRelu:
      return at::leaky_relu(call.src[0], op.slope);
    case ir::ActivationKind::kTanh:
      return at::tanh(call.src[0]);
    case ir::ActivationKind::kSigmoid:
      break;
  }
  return at::sigmoid(call.src[0]);
}

at::Tensor apply(const ir::Add&, const Call& call) {
  at::Tensor sum = call.src[0];
  for (std::size_t i = 1; i < call.src.size(); ++i) sum = sum + call.src[i];
  return sum;
}

at::Tensor apply(const ir::Concat&, const Call& call) {
  return at::cat(call.src, 1);
}

at::Tensor apply(const ir::Affine& op, const Call& call) {
  return call.src[0] * op.scale + op.offset;
}

at::Tensor apply(const ir::ChannelScale&, const Call& call) {
  return call.src[0] * call.weights.weight.view({1, -1, 1, 1});
}

at::Tensor apply(const ir::GaussianMixture& op, const Call& call) {
  const NodeWeights& w = call.weights;
  const at::Tensor flat = call.src[0].flatten(1);  // [N,D+components]
  const std::int64_t n_dims = flat.size(1) - op.components;
  const at::Tensor noise = flat.narrow(1, 0, n_dims);
  const at::Tensor component = flat.narrow(1, n_dims, op.components);
  const at::Tensor point = at::addcmul(component.matmul(w.mean), noise, component.matmul(w.deviation));
  return point.view({flat.size(0), n_dims, 1, 1});
}

}  // namespace genga::torchnet
