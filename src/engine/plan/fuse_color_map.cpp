// Finds x + conv1x1(tanh(conv1x1(x))) on 3 channels. As convolutions, its units would be the largest values of the
// network: 32 floats a pixel for 24 units in blocks of 16, at full size.
#include <algorithm>
#include <utility>

#include "engine/plan/plan.h"

namespace genga::engine {
namespace {

constexpr int kColors = 3;

/// The step that makes `value` for a single reader; null if there is none.
const Step* find_producer(const Plan& plan, ValueId value) {
  const int producer = sole_producer(plan, value);
  return producer < 0 ? nullptr : &plan.steps[static_cast<std::size_t>(producer)];
}

bool is_plain_sum(const Step& step) {
  const auto* pointwise = std::get_if<PointwiseStep>(&step.op);
  return pointwise && pointwise->scale.empty() && !step.epilogue.first && step.epilogue.residual &&
         !step.epilogue.second;
}

bool is_tanh(const Step& step) {
  const auto* pointwise = std::get_if<PointwiseStep>(&step.op);
  return pointwise && pointwise->scale.empty() && !step.epilogue.residual && !step.epilogue.second &&
         step.epilogue.first && step.epilogue.first->kind == ir::ActivationKind::kTanh;
}

/// A convolution of single pixels.
const ConvStep* as_pixel_conv(const Step& step, int in, int out) {
  const auto* conv = std::get_if<ConvStep>(&step.op);
  const bool fits = conv && conv->conv.kernel == 1 && conv->conv.stride == 1 && conv->conv.groups == 1 &&
                    conv->conv.pad == ir::Pad{} && step.epilogue.empty();
  if (!fits || (in > 0 && conv->in_channels != in) || (out > 0 && conv->conv.out != out)) return nullptr;
  return conv;
}

struct Found {
  const Step *a = nullptr, *tanh = nullptr, *b = nullptr;
};

/// The steps that make `branch` of x.
Found find_branch(const Plan& plan, ValueId branch, ValueId x) {
  Found found;
  found.b = find_producer(plan, branch);
  if (!found.b || !as_pixel_conv(*found.b, 0, kColors)) return {};
  found.tanh = find_producer(plan, found.b->src[0]);
  if (!found.tanh || !is_tanh(*found.tanh)) return {};
  found.a = find_producer(plan, found.tanh->src[0]);
  return found.a && as_pixel_conv(*found.a, kColors, 0) && found.a->src[0] == x ? found : Found{};
}

ColorMapStep color_map_of(const ConvStep& a, const ConvStep& b) {
  const std::vector<float> a_weight = a.weight.values(), b_weight = b.weight.values();  // [units][3], [3][units]
  ColorMapStep map;
  const auto n_units = static_cast<std::size_t>(a.conv.out);
  for (std::size_t unit = 0; unit < n_units; ++unit) {
    map.units.insert(map.units.end(), a_weight.begin() + static_cast<std::ptrdiff_t>(unit * kColors),
                     a_weight.begin() + static_cast<std::ptrdiff_t>((unit + 1) * kColors));
    map.units.push_back(a.bias[unit]);
    for (std::size_t c = 0; c < kColors; ++c) map.units.push_back(b_weight[c * n_units + unit]);
  }
  std::copy_n(b.bias.begin(), kColors, map.bias.begin());
  return map;
}

bool fuse_color_map(Plan& plan, std::size_t i) {
  const Step& sum = plan.steps[i];
  if (!is_plain_sum(sum)) return false;
  for (const auto& [x, branch] :
       {std::pair{sum.src[0], *sum.epilogue.residual}, {*sum.epilogue.residual, sum.src[0]}}) {
    const Found found = find_branch(plan, branch, x);
    if (!found.a) continue;
    Step map{found.a->name + "+" + found.tanh->name + "+" + found.b->name + "+" + sum.name,
             color_map_of(std::get<ConvStep>(found.a->op), std::get<ConvStep>(found.b->op)),
             {x},
             sum.dst,
             {}};
    plan.steps[i] = std::move(map);  // the others' results have no reader now
    return true;
  }
  return false;
}

}  // namespace

void fuse_color_maps(Plan& plan) {
  bool any = false;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) any |= fuse_color_map(plan, i);
  if (any) remove_dead_steps(plan);
}

}  // namespace genga::engine
