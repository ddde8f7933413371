// Plan listings (`genga inspect --plan`) and what each step costs.
#include "engine/plan/describe.h"

#include <fmt/core.h>

#include "engine/kernels/isa.h"
#include "engine/plan/epilogue.h"
#include "genga/base.h"

namespace genga::engine {
namespace {

std::string words(const ConvStep& step) {
  std::string text = fmt::format("conv{} {}>{}", step.conv.kernel, step.in_channels, step.conv.out);
  if (step.conv.stride > 1) text += fmt::format(" s{}", step.conv.stride);
  if (step.conv.groups > 1) text += fmt::format(" g{}", step.conv.groups);
  if (step.upsampled) text += " of nearest x2";
  return text;
}
std::string words(const DeconvStep& step) {
  return fmt::format("deconv{} {}>{} s{}", step.conv.kernel, step.in_channels, step.conv.out, step.conv.stride);
}
std::string words(const LinearStep& step) {
  return fmt::format("linear {}>{}", step.in_size, step.out);
}
std::string words(const PointwiseStep& step) {
  return step.scale.empty() ? "pointwise" : "scale";
}
std::string words(const NormStep&) {
  return "norm";
}
std::string words(const PoolStep& step) {
  return fmt::format("{}_pool{} s{}", step.op.kind == ir::PoolKind::kMax ? "max" : "average", step.op.kernel,
                     step.op.stride);
}
std::string words(const GlobalPoolStep& step) {
  return step.kind == ir::PoolKind::kMax ? "global_max" : "global_average";
}
std::string words(const AttentionStep&) {
  return "attention";
}
std::string words(const MixtureStep&) {
  return "mixture";
}
std::string words(const UpsampleStep& step) {
  return fmt::format("{} x{}", step.op.mode == ir::UpsampleMode::kNearest ? "nearest" : "bilinear", step.op.factor);
}
std::string words(const ShuffleStep& step) {
  return fmt::format("{} {}", step.inverse ? "unshuffle" : "shuffle", step.factor);
}
std::string words(const ConcatStep&) {
  return "concat";
}
std::string words(const GuidedFilterStep& step) {
  return fmt::format("guided_filter r{}", step.op.radius);
}
std::string words(const ColorMapStep& step) {
  return fmt::format("color_map of {} units", step.units.size() / kColorUnit);
}
std::string words(const CopyStep&) {
  return "copy";
}
std::string words(const PadStep&) {
  return "pad";
}
std::string words(const ToBlockedStep& step) {
  return step.unshuffle > 1 ? fmt::format("to_blocked unshuffle {}", step.unshuffle) : "to_blocked";
}
std::string words(const ToPlanarStep& step) {
  return step.shuffle > 1 ? fmt::format("to_planar shuffle {}", step.shuffle) : "to_planar";
}

std::string border(const View& view) {
  if (view.border == ir::Pad{}) return {};
  const char* mode = view.mode == ir::PadMode::kReflect ? "reflect" : "replicate";
  return fmt::format(" {} {},{},{},{}", mode, view.border[0], view.border[1], view.border[2], view.border[3]);
}

}  // namespace

std::string describe(const SharedModel& model, const Lowered& lowered) {
  std::string text =
      fmt::format("{} {}, {} threads, {} steps, arena {}\n", kernels().isa, model.fused ? "fused" : "plain",
                  model.threads, lowered.tasks.size(), format_bytes(lowered.arena_bytes));
  for (std::size_t i = 0; i < lowered.tasks.size(); ++i) {
    text += fmt::format("{:3} {}\n", i, describe_step(model, lowered, i));
  }
  return text;
}

std::string describe_step(const SharedModel& model, const Lowered& lowered, std::size_t i) {
  const Step& step = model.plan.steps[i];
  const View& dst = lowered.views[static_cast<std::size_t>(step.dst)];
  const std::string note = lowered.tasks[i]->note();
  const std::string what = std::visit([](const auto& op) { return words(op); }, step.op) + to_string(step.epilogue);
  return fmt::format("{:<44} {}{}{}  {}", what, ir::to_string(dst.shape), border(dst), note.empty() ? "" : "  " + note,
                     step.name);
}

std::int64_t count_step_macs(const SharedModel& model, const Lowered& lowered, std::size_t i) {
  const Step& step = model.plan.steps[i];
  const auto pixels_of = [&](ValueId value) {
    const ir::Shape& shape = lowered.views[static_cast<std::size_t>(value)].shape;
    return shape.h * shape.w;
  };
  if (const auto* conv = std::get_if<ConvStep>(&step.op)) {
    return conv->weight.tensor.size() * pixels_of(step.dst);
  }
  if (const auto* deconv = std::get_if<DeconvStep>(&step.op)) {
    return static_cast<std::int64_t>(deconv->weight.size()) * pixels_of(step.src[0]);
  }
  if (const auto* map = std::get_if<ColorMapStep>(&step.op)) {
    return static_cast<std::int64_t>(map->units.size() / kColorUnit) * 6 * pixels_of(step.dst);
  }
  const auto* linear = std::get_if<LinearStep>(&step.op);
  return linear ? static_cast<std::int64_t>(linear->weight.size()) : 0;
}

}  // namespace genga::engine
