// Spectral normalization of a weight, for discriminators.
// Source: Miyato et al. 2018, arXiv 1802.05957, algorithm 1.
#pragma once

#include "torchnet/aten.h"

namespace genga::torchnet {

/// One weight's running estimate of its largest singular value.
class SpectralNorm {
 public:
  /// weight: [out, ...]. Deterministic start: `kStartIterations` power iterations from a constant vector.
  explicit SpectralNorm(const at::Tensor& weight);
  /// weight / sigma; the gradient flows through the weight, not through the singular vectors.
  /// advance: improve the vectors by one power iteration first (training).
  at::Tensor normalized(const at::Tensor& weight, bool advance);

  /// The left singular vector [out]: the whole state, kept in checkpoints or a resumed run would differ.
  const at::Tensor& left() const { return left_; }

 private:
  static constexpr int kStartIterations = 15;
  at::Tensor left_;
};

}  // namespace genga::torchnet
