// Questions about plans that several passes ask.
#include "engine/plan/plan.h"

#include <algorithm>
#include <cstddef>

namespace genga::engine {

std::vector<float> StoredWeight::values() const {
  std::vector<float> all = tensor.to_f32();
  const std::size_t row = scale.empty() ? 0 : all.size() / scale.size();
  auto value = all.begin();
  for (const float factor : scale) {
    for (std::size_t i = 0; i < row; ++i) *value++ *= factor;
  }
  return all;
}

std::vector<ValueId> Step::reads() const {
  std::vector<ValueId> all = src;
  if (epilogue.residual) all.push_back(*epilogue.residual);
  return all;
}

int producer_of(const Plan& plan, ValueId value) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].dst == value) return static_cast<int>(i);
  }
  return -1;
}

int count_reads(const Plan& plan, ValueId value) {
  std::ptrdiff_t n = plan.output == value ? 1 : 0;
  for (const Step& step : plan.steps) {
    const std::vector<ValueId> reads = step.reads();
    n += std::count(reads.begin(), reads.end(), value);
  }
  return static_cast<int>(n);
}

int sole_producer(const Plan& plan, ValueId value) {
  return count_reads(plan, value) == 1 ? producer_of(plan, value) : -1;
}

void remove_dead_steps(Plan& plan) {
  std::vector<bool> wanted(plan.values.size(), false);
  wanted[static_cast<std::size_t>(plan.output)] = true;
  std::vector<Step> kept;
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    if (!wanted[static_cast<std::size_t>(step->dst)]) continue;
    for (ValueId value : step->reads()) wanted[static_cast<std::size_t>(value)] = true;
    kept.push_back(std::move(*step));
  }
  std::reverse(kept.begin(), kept.end());
  plan.steps = std::move(kept);
}

}  // namespace genga::engine
