// For tests of methods: drawn images, one step, and the checks that every method must pass.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "train/method.h"

namespace genga::train {

/// Waves for photos, checks for the style, and blunter ones for what derives from them.
inline Images drawn(const RunConfig& config, std::int64_t number) {
  const auto phase = static_cast<double>(number);
  const at::Tensor x = at::arange(config.crop).to(at::kFloat).view({1, 1, 1, config.crop});
  const at::Tensor y = x.view({1, 1, config.crop, 1});
  const at::Tensor channel = at::arange(3).to(at::kFloat).view({1, 3, 1, 1});
  const at::Tensor item = at::arange(config.batch).to(at::kFloat).view({config.batch, 1, 1, 1});
  Images batch;
  batch.photo = 0.8 * at::sin(0.2 * x + 0.13 * y + channel + 0.7 * item + phase);
  batch.style = 0.9 * at::sign(at::sin(0.8 * x + item + phase) * at::cos(0.7 * y + 0.5 * channel));
  batch.style_smooth = 0.7 * batch.style;
  batch.photo_segments = at::round(batch.photo * 3) / 3;
  return batch;
}

inline Terms step(Method& method, const RunConfig& config, std::int64_t number) {
  StepContext context(static_cast<std::uint64_t>(config.seed), number);
  return method.step(drawn(config, number), context);
}

inline bool has_term(const Terms& terms, const std::string& name) {
  for (const auto& [key, _] : terms) {
    if (key == name) return true;
  }
  return false;
}

inline void expect_same(const weights::TensorMap& a, const weights::TensorMap& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) EXPECT_EQ(tensor.to_f32(), b.at(name).to_f32()) << name;
}

/// n steps of a new method, all finite. Then the same again in two halves, by way of the state, and the same weights.
inline void expect_exact_resume(const RunConfig& config, int n) {
  const MethodRow& row = find_method(config.method);
  const std::unique_ptr<Method> whole = row.make(config);
  weights::TensorMap halfway;
  for (int i = 0; i < n; ++i) {
    if (i == n / 2) halfway = whole->state();
    EXPECT_TRUE(all_finite(step(*whole, config, i))) << "step " << i;
  }
  const std::unique_ptr<Method> resumed = row.make(config);
  resumed->set_state(halfway);
  for (int i = n / 2; i < n; ++i) step(*resumed, config, i);
  expect_same(whole->state(), resumed->state());
}

}  // namespace genga::train
