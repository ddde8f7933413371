// Where values lie: planar or blocked, with or without a stored border.
#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "engine/ops/conv_edges.h"
#include "engine/ops/task_winograd.h"
#include "engine/plan/plan.h"

namespace genga::engine {
namespace {

// oneDNN's convolutions read up to three channels straight from planar memory; blocks would be mostly padding.
constexpr int kMaxPlanarConvChannels = 3;
// Images, rather than features: what our own passes do to them they do to their planes, for the same reason.
constexpr int kMaxImageChannels = 4;

bool makes_planar(const Step& step) {
  return std::holds_alternative<LinearStep>(step.op) || std::holds_alternative<CopyStep>(step.op) ||
         std::holds_alternative<GuidedFilterStep>(step.op) || std::holds_alternative<MixtureStep>(step.op) ||
         std::holds_alternative<ColorMapStep>(step.op);
}

bool wants_planar_source(const Plan& plan, const Step& step) {
  if (const auto* conv = std::get_if<ConvStep>(&step.op)) {
    return conv->conv.groups == 1 && conv->in_channels <= kMaxPlanarConvChannels &&
           plan.values[static_cast<std::size_t>(step.src[0])].layout == Layout::kPlanar;
  }
  return makes_planar(step);
}

/// Passes that have code for planes too, and gain by it.
bool can_be_planar(const Plan& plan, const Step& step) {
  const auto value = [&](ValueId id) { return plan.values[static_cast<std::size_t>(id)]; };
  if (value(step.dst).channels > kMaxImageChannels) return false;
  if (std::holds_alternative<PoolStep>(step.op)) return true;
  if (const auto* upsample = std::get_if<UpsampleStep>(&step.op))
    return upsample->op.mode != ir::UpsampleMode::kNearest;
  if (!std::holds_alternative<PointwiseStep>(step.op)) return false;
  const std::vector<ValueId> reads = step.reads();
  return std::any_of(reads.begin(), reads.end(), [&](ValueId id) { return value(id).layout == Layout::kPlanar; });
}

class LayoutPlacer {
 public:
  explicit LayoutPlacer(Plan& plan) : plan_(plan) {}

  void place() {
    for (const Step& step : plan_.steps) {
      if (makes_planar(step)) value(step.dst).layout = Layout::kPlanar;
    }
    for (Step& step : std::exchange(plan_.steps, {})) {
      const bool all_planar = can_be_planar(plan_, step);
      if (all_planar) value(step.dst).layout = Layout::kPlanar;
      const Layout wanted = all_planar || wants_planar_source(plan_, step) ? Layout::kPlanar : Layout::kBlocked;
      for (ValueId& src : step.src) src = in_layout(src, wanted);
      if (step.epilogue.residual) step.epilogue.residual = in_layout(*step.epilogue.residual, value(step.dst).layout);
      plan_.steps.push_back(std::move(step));
    }
    plan_.output = in_layout(plan_.output, Layout::kPlanar);
    if (plan_.output == plan_.input) copy_input_to_output();
  }

 private:
  Value& value(ValueId id) { return plan_.values[static_cast<std::size_t>(id)]; }

  /// The value itself, or a converted copy made by a new step at the end of those placed so far.
  ValueId in_layout(ValueId id, Layout wanted) {
    if (value(id).layout == wanted) return id;
    const auto [known, is_new] = copies_.try_emplace(id, static_cast<ValueId>(plan_.values.size()));
    if (!is_new) return known->second;
    plan_.values.push_back({.node = value(id).node, .channels = value(id).channels, .layout = wanted});
    if (wanted == Layout::kBlocked) {
      plan_.steps.push_back({"to_blocked", ToBlockedStep{}, {id}, known->second, {}});
    } else {
      plan_.steps.push_back({"to_planar", ToPlanarStep{}, {id}, known->second, {}});
    }
    return known->second;
  }

  void copy_input_to_output() {
    plan_.output = static_cast<ValueId>(plan_.values.size());
    plan_.values.push_back(value(plan_.input));
    plan_.steps.push_back({"copy", CopyStep{}, {plan_.input}, plan_.output, {}});
  }

  Plan& plan_;
  std::map<ValueId, ValueId> copies_;
};

bool can_write_border(const Step& step) {
  return std::holds_alternative<PointwiseStep>(step.op) || std::holds_alternative<NormStep>(step.op) ||
         std::holds_alternative<UpsampleStep>(step.op) || std::holds_alternative<ToBlockedStep>(step.op) ||
         std::holds_alternative<PoolStep>(step.op);
}

/// Our own convolutions by Winograd find what lies beyond the border where they read.
bool is_winograd(const Plan& plan, const Step& step) {
  const auto* conv = std::get_if<ConvStep>(&step.op);
  if (!conv || plan.values[static_cast<std::size_t>(step.dst)].layout == Layout::kPlanar) return false;
  const Layout src = plan.values[static_cast<std::size_t>(step.src[0])].layout;
  return suits_winograd(*conv, src) || suits_large_winograd(*conv, src);
}

/// The stored border a step needs around its source; none for zero padding, which oneDNN does itself.
Value needed_border(const Plan& plan, const Step& step, bool fused) {
  const auto* conv = std::get_if<ConvStep>(&step.op);
  if (!conv || conv->conv.pad_mode == ir::PadMode::kZero || conv->conv.pad == ir::Pad{}) return {};
  if (fused && is_winograd(plan, step)) return {};
  return {.border = conv->conv.pad, .border_mode = conv->conv.pad_mode};
}

/// Convolutions by oneDNN with edges of their own, rather than a copy of the source.
bool computes_edges(const Plan& plan, const Step& step) {
  const auto layout = [&](ValueId id) { return plan.values[static_cast<std::size_t>(id)].layout; };
  return suits_conv_edges(step) && layout(step.src[0]) == Layout::kBlocked && layout(step.dst) == Layout::kBlocked;
}

bool same_border(const Value& a, const Value& b) {
  return a.border == b.border && a.border_mode == b.border_mode;
}

/// Only our own passes can step over a border; oneDNN needs exactly the image it was told.
bool is_own_pass(const Plan& plan, const Step& step, bool fused) {
  if (fused && is_winograd(plan, step)) return true;
  return !std::holds_alternative<ConvStep>(step.op) && !std::holds_alternative<DeconvStep>(step.op) &&
         !std::holds_alternative<LinearStep>(step.op);
}

bool all_readers_accept(const Plan& plan, ValueId id, const Value& border, bool fused) {
  for (const Step& step : plan.steps) {
    if (is_own_pass(plan, step, fused) || step.src[0] != id) continue;
    if (!same_border(needed_border(plan, step, fused), border)) return false;
  }
  return true;
}

}  // namespace

void place_layouts(Plan& plan) {
  LayoutPlacer(plan).place();
}

void place_borders(Plan& plan, bool fused) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Value wanted = needed_border(plan, plan.steps[i], fused);
    if (wanted.border == ir::Pad{}) continue;
    const ValueId src = plan.steps[i].src[0];
    if (same_border(plan.values[static_cast<std::size_t>(src)], wanted)) continue;
    const int producer = producer_of(plan, src);
    const bool fold = fused && producer >= 0 && can_write_border(plan.steps[static_cast<std::size_t>(producer)]) &&
                      all_readers_accept(plan, src, wanted, fused);
    if (!fold && fused && computes_edges(plan, plan.steps[i])) continue;
    Value bordered = plan.values[static_cast<std::size_t>(src)];
    bordered.border = wanted.border;
    bordered.border_mode = wanted.border_mode;
    if (fold) {
      plan.values[static_cast<std::size_t>(src)] = bordered;
      continue;
    }
    const auto copy = static_cast<ValueId>(plan.values.size());
    plan.values.push_back(bordered);
    plan.steps[i].src[0] = copy;
    plan.steps.insert(plan.steps.begin() + static_cast<std::ptrdiff_t>(i), Step{"pad", PadStep{}, {src}, copy, {}});
    ++i;
  }
}

}  // namespace genga::engine
