// Merging of steps, one idea a function. A step may swallow its only reader; the merged step runs in the reader's
// place.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/ops/task_conv_narrow.h"
#include "engine/ops/task_winograd.h"
#include "engine/plan/plan.h"

namespace genga::engine {
namespace {

bool has_epilogue(const Step& step) {
  return std::holds_alternative<ConvStep>(step.op) || std::holds_alternative<DeconvStep>(step.op) ||
         std::holds_alternative<NormStep>(step.op) || std::holds_alternative<PointwiseStep>(step.op);
}

const PointwiseStep* as_pointwise(const Step& step) {
  return std::get_if<PointwiseStep>(&step.op);
}

bool is_pure_activation(const Step& step) {
  const PointwiseStep* pointwise = as_pointwise(step);
  return pointwise && pointwise->scale.empty() && step.epilogue.first && !step.epilogue.residual &&
         !step.epilogue.second;
}

bool is_pure_scale(const Step& step) {
  const PointwiseStep* pointwise = as_pointwise(step);
  return pointwise && !pointwise->scale.empty() && step.epilogue.empty();
}

bool is_pure_sum(const Step& step) {
  const PointwiseStep* pointwise = as_pointwise(step);
  return pointwise && pointwise->scale.empty() && !step.epilogue.first && step.epilogue.residual;
}

/// The producer takes over its reader's place and result.
void merge_into_producer(Plan& plan, std::size_t producer, std::size_t reader) {
  Step merged = std::move(plan.steps[producer]);
  merged.name += "+" + plan.steps[reader].name;
  merged.dst = plan.steps[reader].dst;
  plan.steps[reader] = std::move(merged);
  plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(producer));
}

void scale_rows(std::vector<float>& rows, const std::vector<float>& scale) {
  const std::size_t row = rows.size() / scale.size();
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] *= scale[i / row];
}

void scale_and_shift(std::vector<float>& x, const PointwiseStep& by) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] * by.scale[i] + by.shift[i];
}

/// Deconvolution weights are [in][out][taps]: the scaled index is the middle one.
void scale_middle(std::vector<float>& weight, std::size_t n_outer, const std::vector<float>& scale) {
  const std::size_t taps = weight.size() / (n_outer * scale.size());
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] *= scale[i / taps % scale.size()];
}

/// Folds x * scale + shift into the weights of the step before it; false if that step has none.
bool fold_scale(StepOp& op, const PointwiseStep& by) {
  if (auto* conv = std::get_if<ConvStep>(&op)) {
    if (conv->weight.scale.empty()) conv->weight.scale.assign(by.scale.size(), 1.F);
    scale_rows(conv->weight.scale, by.scale);
    scale_and_shift(conv->bias, by);
  } else if (auto* deconv = std::get_if<DeconvStep>(&op)) {
    scale_middle(deconv->weight, static_cast<std::size_t>(deconv->in_channels), by.scale);
    scale_and_shift(deconv->bias, by);
  } else if (auto* norm = std::get_if<NormStep>(&op)) {
    scale_rows(norm->gamma, by.scale);
    scale_and_shift(norm->beta, by);
  } else if (auto* pointwise = std::get_if<PointwiseStep>(&op); pointwise && !pointwise->scale.empty()) {
    scale_rows(pointwise->scale, by.scale);
    scale_and_shift(pointwise->shift, by);
  } else {
    return false;
  }
  return true;
}

/// BatchNorm and Affine behind a convolution or norm become part of its weights.
bool fold_scale_into_producer(Plan& plan, std::size_t i) {
  if (!is_pure_scale(plan.steps[i])) return false;
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0 || !plan.steps[static_cast<std::size_t>(producer)].epilogue.empty()) return false;
  if (!fold_scale(plan.steps[static_cast<std::size_t>(producer)].op, *as_pointwise(plan.steps[i]))) return false;
  merge_into_producer(plan, static_cast<std::size_t>(producer), i);
  return true;
}

/// An activation becomes the epilogue of the step before it.
bool fuse_activation(Plan& plan, std::size_t i) {
  if (!is_pure_activation(plan.steps[i])) return false;
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0 || !has_epilogue(plan.steps[static_cast<std::size_t>(producer)])) return false;
  Epilogue& epilogue = plan.steps[static_cast<std::size_t>(producer)].epilogue;
  std::optional<ir::Activation>& place = epilogue.residual ? epilogue.second : epilogue.first;
  if (place) return false;
  place = plan.steps[i].epilogue.first;
  merge_into_producer(plan, static_cast<std::size_t>(producer), i);
  return true;
}

/// One side of a sum becomes the residual of the step that makes the other side. The later of the two producers
/// swallows the sum: the earlier result is needed longer anyway.
bool fuse_sum(Plan& plan, std::size_t i) {
  if (!is_pure_sum(plan.steps[i])) return false;
  std::pair<ValueId, ValueId> sides{plan.steps[i].src[0], *plan.steps[i].epilogue.residual};
  if (producer_of(plan, sides.first) < producer_of(plan, sides.second)) std::swap(sides.first, sides.second);
  for (const auto& [made, other] : {sides, std::pair{sides.second, sides.first}}) {
    const int producer = sole_producer(plan, made);
    if (producer < 0) continue;
    Step& step = plan.steps[static_cast<std::size_t>(producer)];
    if (!has_epilogue(step) || step.epilogue.residual) continue;
    step.epilogue.residual = other;
    step.epilogue.second = plan.steps[i].epilogue.second;
    merge_into_producer(plan, static_cast<std::size_t>(producer), i);
    return true;
  }
  return false;
}

/// Input -> blocked -> unshuffle is one pass.
bool fuse_unshuffle_into_load(Plan& plan, std::size_t i) {
  const auto* shuffle = std::get_if<ShuffleStep>(&plan.steps[i].op);
  if (!shuffle || !shuffle->inverse) return false;
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0) return false;
  auto* load = std::get_if<ToBlockedStep>(&plan.steps[static_cast<std::size_t>(producer)].op);
  if (!load || load->unshuffle != 1) return false;
  load->unshuffle = shuffle->factor;
  merge_into_producer(plan, static_cast<std::size_t>(producer), i);
  return true;
}

/// Activation and shuffle right before a planar result are done while it is written: only real channels are computed.
bool fuse_into_store(Plan& plan, std::size_t i) {
  auto* store = std::get_if<ToPlanarStep>(&plan.steps[i].op);
  if (!store) return false;
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0) return false;
  const Step& before = plan.steps[static_cast<std::size_t>(producer)];
  const auto* shuffle = std::get_if<ShuffleStep>(&before.op);
  if (shuffle && !shuffle->inverse && store->shuffle == 1) {
    store->shuffle = shuffle->factor;
  } else if (is_pure_activation(before) && !plan.steps[i].epilogue.first) {
    plan.steps[i].epilogue.first = before.epilogue.first;
  } else {
    return false;
  }
  plan.steps[i].src = before.src;
  plan.steps[i].name = before.name + "+" + plan.steps[i].name;
  plan.steps.erase(plan.steps.begin() + producer);
  return true;
}

/// A Winograd convolution behind an upsampling by 2 with nearest neighbours reads the small image: the large one is
/// never written, and the products that are zero after such an upsampling are left out.
bool fuse_nearest_upsample(Plan& plan, std::size_t i) {
  auto* conv = std::get_if<ConvStep>(&plan.steps[i].op);
  const ValueId src = plan.steps[i].src[0];
  if (!conv || !suits_winograd(*conv, plan.values[static_cast<std::size_t>(src)].layout)) return false;
  if (conv->upsampled || conv->conv.pad != ir::Pad{1, 1, 1, 1}) return false;
  const int producer = sole_producer(plan, src);
  if (producer < 0) return false;
  const Step& before = plan.steps[static_cast<std::size_t>(producer)];
  const auto* upsample = std::get_if<UpsampleStep>(&before.op);
  if (!upsample || upsample->op.factor != 2 || upsample->op.mode != ir::UpsampleMode::kNearest) return false;
  conv->upsampled = true;
  // One pixel beyond the large image, reflected or repeated, is the outermost pixel of the small one.
  if (conv->conv.pad_mode == ir::PadMode::kReflect) conv->conv.pad_mode = ir::PadMode::kReplicate;
  plan.steps[i].src = before.src;
  plan.steps[i].name = before.name + "+" + plan.steps[i].name;
  plan.steps.erase(plan.steps.begin() + producer);
  return true;
}

/// A convolution with few results writes them planar.
bool fuse_narrow_conv_into_store(Plan& plan, std::size_t i) {
  const auto* store = std::get_if<ToPlanarStep>(&plan.steps[i].op);
  if (!store || store->shuffle != 1) return false;
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0) return false;
  Step& before = plan.steps[static_cast<std::size_t>(producer)];
  const auto* conv = std::get_if<ConvStep>(&before.op);
  if (!conv || conv->upsampled || !suits_narrow_conv(*conv) || before.epilogue.residual) return false;
  if (plan.values[static_cast<std::size_t>(before.src[0])].layout != Layout::kBlocked) return false;
  std::optional<ir::Activation>& activation = plan.steps[i].epilogue.first;
  if (activation && before.epilogue.first) return false;
  if (activation) before.epilogue.first = activation;
  merge_into_producer(plan, static_cast<std::size_t>(producer), i);
  return true;
}

/// tanh(x) / 2 + 1/2 is the sigmoid of 2 x: CartoonGAN's last layers.
bool fuse_tanh_and_halves(Plan& plan, std::size_t i) {
  if (!is_pure_scale(plan.steps[i])) return false;
  const PointwiseStep& halves = *as_pointwise(plan.steps[i]);
  const auto is_half = [](float v) { return v == 0.5F; };
  if (!std::all_of(halves.scale.begin(), halves.scale.end(), is_half) ||
      !std::all_of(halves.shift.begin(), halves.shift.end(), is_half)) {
    return false;
  }
  const int producer = sole_producer(plan, plan.steps[i].src[0]);
  if (producer < 0) return false;
  Step& before = plan.steps[static_cast<std::size_t>(producer)];
  std::optional<ir::Activation>& last = before.epilogue.first;
  if (!last || last->kind != ir::ActivationKind::kTanh || before.epilogue.residual) return false;
  const std::size_t n = halves.scale.size();
  if (!fold_scale(before.op, {std::vector<float>(n, 2.F), std::vector<float>(n, 0.F)})) return false;
  last->kind = ir::ActivationKind::kSigmoid;
  merge_into_producer(plan, static_cast<std::size_t>(producer), i);
  return true;
}

/// Tries one rule at every step until nothing changes.
template <class Rule>
void repeat(Plan& plan, Rule rule) {
  for (std::size_t i = 0; i < plan.steps.size();) {
    i = rule(plan, i) ? 0 : i + 1;
  }
}

}  // namespace

void fuse(Plan& plan) {
  repeat(plan, fuse_into_store);
  repeat(plan, fuse_unshuffle_into_load);
  repeat(plan, fold_scale_into_producer);
  repeat(plan, [](Plan& p, std::size_t i) { return fuse_activation(p, i) || fuse_sum(p, i); });
  repeat(plan, fuse_nearest_upsample);
  repeat(plan, fuse_tanh_and_halves);
  repeat(plan, fuse_narrow_conv_into_store);
}

}  // namespace genga::engine
