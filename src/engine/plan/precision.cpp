// Which numbers the machine multiplies fast, and which convolutions use them.
// The rules are measured (docs/performance.md, "Below f32") and never look at the image's size, so that a tile is
// computed as the whole image is.
#include <algorithm>

#include "engine/kernels/isa.h"
#include "engine/ops/task_winograd.h"
#include "engine/plan/plan.h"

namespace genga::engine {
namespace {

// Outside Winograd the source has to be rounded in a pass of its own; that is repaid from so many multiply-adds a
// source value on.
constexpr int kMinMacsPerValue = 64;

bool is_attention(const Plan& plan, ValueId value) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    return std::holds_alternative<AttentionStep>(step.op) && (step.src[0] == value || step.dst == value);
  });
}

bool is_faster_low(const ConvStep& step, Layout src, Layout dst) {
  if (step.conv.groups != 1 || src == Layout::kPlanar || dst == Layout::kPlanar) return false;
  if (suits_winograd(step, src)) return true;
  // Large filters by Winograd in f32 are faster than oneDNN's direct convolution in 16 bits.
  if (suits_large_winograd(step, src)) return false;
  const int stride = step.conv.stride;
  return step.conv.kernel * step.conv.kernel * step.conv.out >= kMinMacsPerValue * stride * stride;
}

}  // namespace

std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::kF32:
      return "f32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kF16:
      return "f16";
  }
  return {};
}

bool has_precision(Precision precision) {
  return precision == Precision::kF32 || low_kernels(precision) != nullptr;
}

Precision best_precision() {
  return has_precision(Precision::kBf16) ? Precision::kBf16 : Precision::kF32;
}

void lower_precision(Plan& plan, Precision precision) {
  for (Step& step : plan.steps) {
    auto* conv = std::get_if<ConvStep>(&step.op);
    if (!conv) continue;
    const Layout src = plan.values[static_cast<std::size_t>(step.src[0])].layout;
    const Layout dst = plan.values[static_cast<std::size_t>(step.dst)].layout;
    // The softmax of attention turns small differences of its source into large ones.
    if (!is_faster_low(*conv, src, dst) || is_attention(plan, step.src[0]) || is_attention(plan, step.dst)) continue;
    conv->precision = precision;
  }
}

}  // namespace genga::engine
