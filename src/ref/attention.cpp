// Ops that weigh learnt vectors: external attention and a mixture of Gaussians.

#include <algorithm>
#include <cmath>

#include "ref/ops.h"

namespace genga::ref {
namespace {

using Matrix = std::vector<double>;  // rows one after another

/// The channels of image n times the memory: [pixels, memory].
Matrix similarities(const Array& src, std::int64_t n, const Weights& weights, std::int64_t memory) {
  const ir::Shape& s = src.shape;
  Matrix result(static_cast<std::size_t>(s.h * s.w * memory), 0.0);
  for (std::int64_t p = 0; p < s.h * s.w; ++p) {
    for (std::int64_t k = 0; k < memory; ++k) {
      double& sum = result[static_cast<std::size_t>(p * memory + k)];
      for (std::int64_t c = 0; c < s.c; ++c) {
        sum += static_cast<double>(src.values[at(s, n, c, 0, 0) + static_cast<std::size_t>(p)]) *
               static_cast<double>(weights.weight[static_cast<std::size_t>(c * memory + k)]);
      }
    }
  }
  return result;
}

/// Per slot of the memory: the logarithm of the sum of exponentials over pixels.
std::vector<double> log_sums(const Matrix& matrix, std::int64_t n_pixels, std::int64_t memory) {
  std::vector<double> result;
  for (std::int64_t k = 0; k < memory; ++k) {
    const auto value = [&](std::int64_t p) { return matrix[static_cast<std::size_t>(p * memory + k)]; };
    double largest = value(0);
    for (std::int64_t p = 0; p < n_pixels; ++p) largest = std::max(largest, value(p));
    double sum = 0;
    for (std::int64_t p = 0; p < n_pixels; ++p) sum += std::exp(value(p) - largest);
    result.push_back(largest + std::log(sum));
  }
  return result;
}

}  // namespace

Array external_attention(const ir::ExternalAttention& op, const Array& src, const Weights& weights,
                         const Recorder& recorder) {
  const ir::Shape& s = src.shape;
  const std::int64_t memory = op.memory;
  Array dst = src;
  for (std::int64_t n = 0; n < s.n; ++n) {
    Matrix attention = similarities(src, n, weights, memory);
    const std::vector<double> sums = op.stored ? std::vector<double>(weights.log_sum.begin(), weights.log_sum.end())
                                               : log_sums(attention, s.h * s.w, memory);
    if (n == 0 && !op.stored) recorder.add(".log_sum", sums);
    for (std::size_t i = 0; i < attention.size(); ++i) {
      attention[i] = std::exp(attention[i] - sums[i % static_cast<std::size_t>(memory)]);
    }
    for (std::int64_t p = 0; p < s.h * s.w; ++p) {
      const double* row = &attention[static_cast<std::size_t>(p * memory)];
      double total = 1e-9;
      for (std::int64_t k = 0; k < memory; ++k) total += row[k];
      for (std::int64_t c = 0; c < s.c; ++c) {
        double sum = 0;
        for (std::int64_t k = 0; k < memory; ++k) {
          sum += row[k] / total * static_cast<double>(weights.weight[static_cast<std::size_t>(c * memory + k)]);
        }
        dst.values[at(s, n, c, 0, 0) + static_cast<std::size_t>(p)] = static_cast<float>(sum);
      }
    }
  }
  return dst;
}

Array gaussian_mixture(const ir::GaussianMixture& op, const Array& src, const Weights& weights,
                       const ir::Shape& shape) {
  Array dst{shape, {}};
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t d = 0; d < shape.c; ++d) {
      double mean = 0;
      double deviation = 0;
      for (std::int64_t k = 0; k < op.components; ++k) {
        const double weight = src.values[at(src.shape, n, shape.c + k, 0, 0)];
        mean += weight * static_cast<double>(weights.mean[static_cast<std::size_t>(k * shape.c + d)]);
        deviation += weight * static_cast<double>(weights.deviation[static_cast<std::size_t>(k * shape.c + d)]);
      }
      const double noise = src.values[at(src.shape, n, d, 0, 0)];
      dst.values.push_back(static_cast<float>(mean + noise * deviation));
    }
  }
  return dst;
}

}  // namespace genga::ref
