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

}  // namespace genga::torchnet
