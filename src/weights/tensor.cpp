// Tensors that own their values, and conversion between f32 and f16.
#include <fmt/ranges.h>

#include <cstring>
#include <numeric>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

Tensor owning(DType dtype, std::vector<std::int64_t> dims, auto values) {
  const auto owner = std::make_shared<const decltype(values)>(std::move(values));
  return {dtype, std::move(dims), std::as_bytes(std::span(*owner)), owner};
}

}  // namespace

std::int64_t Tensor::size() const {
  return std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
}

std::vector<float> Tensor::to_f32() const {
  std::vector<float> values(static_cast<std::size_t>(size()));
  if (values.empty()) return values;
  if (dtype == DType::kF32) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;  // embedded data need not be aligned
    std::memcpy(&half, bytes.data() + 2 * i, sizeof half);
    values[i] = half_to_float(half);
  }
  return values;
}

Tensor make_tensor(std::vector<std::int64_t> dims, std::vector<float> values) {
  std::int64_t size = 1;
  for (const std::int64_t dim : dims) size *= dim;
  if (size != static_cast<std::int64_t>(values.size())) {
    fail(ErrorCode::kInvalidArgument, "tensor: {} values given for dimensions [{}], expected {}", values.size(),
         fmt::join(dims, ","), size);
  }
  return owning(DType::kF32, std::move(dims), std::move(values));
}

Tensor to_f16(const Tensor& tensor) {
  if (tensor.dtype == DType::kF16) return tensor;
  std::vector<std::uint16_t> halves;
  halves.reserve(static_cast<std::size_t>(tensor.size()));
  for (const float value : tensor.to_f32()) halves.push_back(float_to_half(value));
  return owning(DType::kF16, tensor.dims, std::move(halves));
}

}  // namespace genga::weights
