// Power iteration on a weight seen as a matrix.

#include "torchnet/spectral_norm.h"

namespace genga::torchnet {
namespace {

at::Tensor unit(const at::Tensor& vector) {
  return vector / (vector.norm() + 1e-12);
}

/// [out, rest]; a vector is the matrix of one output (U-GAT-IT's attention).
at::Tensor as_matrix(const at::Tensor& weight) {
  return weight.dim() == 1 ? weight.unsqueeze(0) : weight.flatten(1);
}

}  // namespace

SpectralNorm::SpectralNorm(const at::Tensor& weight) {
  const at::NoGradGuard no_grad;
  const at::Tensor matrix = as_matrix(weight);
  left_ = unit(at::ones({matrix.size(0)}, matrix.options()));
  for (int i = 0; i < kStartIterations; ++i) left_ = unit(matrix.mv(unit(matrix.t().mv(left_))));
}

at::Tensor SpectralNorm::normalized(const at::Tensor& weight, bool advance) {
  const at::Tensor matrix = as_matrix(weight);
  at::Tensor right;
  {
    const at::NoGradGuard no_grad;
    right = unit(matrix.t().mv(left_));
    if (advance) left_ = unit(matrix.mv(right));
  }
  const at::Tensor sigma = left_.dot(matrix.mv(right));
  return weight / sigma;
}

}  // namespace genga::torchnet
