// Ops that treat every number by itself, and joining along C.

#include <cmath>

#include "ref/ops.h"

namespace genga::ref {
namespace {

double activate(const ir::Activation& op, double x) {
  switch (op.kind) {
    case ir::ActivationKind::kRelu:
      return x > 0 ? x : 0;
    case ir::ActivationKind::kLeakyRelu:
      return x > 0 ? x : x * static_cast<double>(op.slope);
    case ir::ActivationKind::kTanh:
      return std::tanh(x);
    case ir::ActivationKind::kSigmoid:
      return 1.0 / (1.0 + std::exp(-x));
  }
  return x;
}

}  // namespace

Array activation(const ir::Activation& op, const Array& src) {
  Array dst = src;
  for (float& value : dst.values) value = static_cast<float>(activate(op, value));
  return dst;
}

Array affine(const ir::Affine& op, const Array& src) {
  Array dst = src;
  for (float& value : dst.values) {
    value =
        static_cast<float>(static_cast<double>(value) * static_cast<double>(op.scale) + static_cast<double>(op.offset));
  }
  return dst;
}

Array channel_scale(const Array& src, const Weights& weights) {
  Array dst = src;
  const std::int64_t n_pixels = src.shape.h * src.shape.w;
  for (std::size_t i = 0; i < dst.values.size(); ++i) {
    const std::int64_t c = static_cast<std::int64_t>(i) / n_pixels % src.shape.c;
    dst.values[i] *= weights.weight[static_cast<std::size_t>(c)];
  }
  return dst;
}

Array add(const std::vector<const Array*>& src) {
  Array dst = *src[0];
  for (std::size_t i = 0; i < dst.values.size(); ++i) {
    double sum = 0;
    for (const Array* s : src) sum += s->values[i];
    dst.values[i] = static_cast<float>(sum);
  }
  return dst;
}

Array concat(const std::vector<const Array*>& src, const ir::Shape& shape) {
  Array dst{shape, {}};
  dst.values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (const Array* s : src) {
      const std::int64_t length = s->shape.size() / shape.n;
      const auto first = s->values.begin() + n * length;
      dst.values.insert(dst.values.end(), first, first + length);
    }
  }
  return dst;
}

}  // namespace genga::ref
