// Activations and sums behind a step, row by row with our own kernels.
#include "engine/plan/epilogue.h"

#include <fmt/core.h>

#include "genga/error.h"

namespace genga::engine {

Curve curve_of(const std::optional<ir::Activation>& activation) {
  if (!activation) return Curve::kNone;
  switch (activation->kind) {
    case ir::ActivationKind::kTanh:
      return Curve::kTanh;
    case ir::ActivationKind::kSigmoid:
      return Curve::kSigmoid;
    case ir::ActivationKind::kRelu:
    case ir::ActivationKind::kLeakyRelu:
      return Curve::kNone;
  }
  fail(ErrorCode::kInternal, "activation kind {} is unknown to the engine", static_cast<int>(activation->kind));
}

float slope_of(const std::optional<ir::Activation>& activation) {
  if (!activation || curve_of(activation) != Curve::kNone) return 1.F;
  return activation->kind == ir::ActivationKind::kLeakyRelu ? activation->slope : 0.F;
}

RowEpilogue::RowEpilogue(const Epilogue& epilogue, std::optional<View> residual)
    : first_curve_(curve_of(epilogue.first)),
      second_curve_(curve_of(epilogue.second)),
      first_slope_(slope_of(epilogue.first)),
      second_slope_(slope_of(epilogue.second)),
      residual_(std::move(residual)) {}

void RowEpilogue::apply(float* dst, const float* src, const float* scale, const float* shift, std::int64_t block,
                        std::int64_t y, std::int64_t n_pixels, float* const* data) const {
  const Kernels& k = kernels();
  PointwiseRow row{scale, shift, nullptr, first_slope_, second_slope_};
  if (residual_) row.residual = data[residual_->value] + residual_->offset(block, y);
  if (first_curve_ != Curve::kNone) {  // rare inside a network: two short sweeps instead of one
    k.pointwise(dst, src, n_pixels, {scale, shift, nullptr, 1, 1});
    k.curve(dst, n_pixels * k.block_channels, first_curve_);
    if (residual_) k.pointwise(dst, dst, n_pixels, {nullptr, nullptr, row.residual, 1, second_slope_});
  } else {
    k.pointwise(dst, src, n_pixels, row);
  }
  if (second_curve_ != Curve::kNone) k.curve(dst, n_pixels * k.block_channels, second_curve_);
}

namespace {

std::string to_string(const ir::Activation& activation) {
  switch (activation.kind) {
    case ir::ActivationKind::kRelu:
      return " +relu";
    case ir::ActivationKind::kLeakyRelu:
      return fmt::format(" +leaky_relu({})", activation.slope);
    case ir::ActivationKind::kTanh:
      return " +tanh";
    case ir::ActivationKind::kSigmoid:
      return " +sigmoid";
  }
  return {};
}

}  // namespace

std::string to_string(const Epilogue& epilogue) {
  std::string text;
  if (epilogue.first) text += to_string(*epilogue.first);
  if (epilogue.residual) text += " +add";
  if (epilogue.second) text += to_string(*epilogue.second);
  return text;
}

}  // namespace genga::engine
