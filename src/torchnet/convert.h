// Tensors of model files to tensors of LibTorch, and back.
#pragma once

#include "genga/weights.h"
#include "torchnet/aten.h"

namespace genga::torchnet {

/// A copy as contiguous f32.
at::Tensor to_torch(const weights::Tensor& tensor);
/// A copy as f32 in row-major order, whatever the tensor's memory format; detached from autograd.
weights::Tensor from_torch(const at::Tensor& tensor);

}  // namespace genga::torchnet
