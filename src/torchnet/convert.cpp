// Copies between weights::Tensor and at::Tensor, always f32.

#include "torchnet/convert.h"

#include <algorithm>
#include <vector>

namespace genga::torchnet {

at::Tensor to_torch(const weights::Tensor& tensor) {
  std::vector<float> values = tensor.to_f32();
  return at::from_blob(values.data(), tensor.dims, at::kFloat).clone();
}

weights::Tensor from_torch(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  const float* first = flat.data_ptr<float>();
  return weights::make_tensor(flat.sizes().vec(), std::vector<float>(first, first + flat.numel()));
}

}  // namespace genga::torchnet
