// Small networks and comparisons for the engine's tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "genga/engine.h"
#include "genga/ref.h"
#include "genga/transform.h"

namespace genga::engine::test {

/// Appends ops with generated names, each on top of the last one unless sources are given.
class Chain {
 public:
  explicit Chain(int channels) { last_ = graph_.add("x", ir::Input{.channels = channels}); }
  ir::NodeId add(ir::Op op) { return add(std::move(op), {last_}); }
  ir::NodeId add(ir::Op op, std::vector<ir::NodeId> src) {
    last_ = graph_.add("n" + std::to_string(graph_.nodes().size()), std::move(op), std::move(src));
    return last_;
  }
  ir::NodeId last() const { return last_; }
  ir::Graph finish() {
    graph_.set_output(last_);
    return graph_;
  }

 private:
  ir::Graph graph_;
  ir::NodeId last_ = -1;
};

inline std::vector<float> noise(std::int64_t n, unsigned seed, float low = -1, float high = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = uniform(random);
  return values;
}

/// Random weights, none of them at its neutral value: a forgotten bias or statistic must show.
inline weights::Model model_of(const ir::Graph& graph, unsigned seed = 7) {
  weights::Model model{
      .graph = graph, .tensors = transform::random_weights(graph, seed), .card = {}, .sha256 = {}, .extra = {}};
  for (auto& [name, tensor] : model.tensors) {
    if (tensor.dims.size() != 1) continue;
    const bool positive = name.ends_with("running_var") || name.ends_with(".weight");
    tensor = weights::make_tensor(tensor.dims,
                                  noise(tensor.size(), ++seed, positive ? 0.5F : -0.3F, positive ? 1.5F : 0.3F));
  }
  return model;
}

inline std::vector<float> run(const CompiledModel& compiled, const std::vector<float>& src, std::int64_t h,
                              std::int64_t w) {
  const auto session = compiled.session(h, w);
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()), NAN);
  session->run(src, dst);
  return dst;
}

/// Largest difference, infinite if any value is not finite.
inline float difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  float worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float d = std::fabs(a[i] - b[i]);
    if (!(d <= worst)) worst = std::isnan(d) ? INFINITY : d;
  }
  return worst;
}

/// With GENGA_PARITY_PRINT set, as in tests/parity: what bounds are chosen by.
inline void print_error(const char* what, float error, float tolerance) {
  if (std::getenv("GENGA_PARITY_PRINT") == nullptr) return;
  std::printf("%s: %s error %.2e tolerance %.2e\n", testing::UnitTest::GetInstance()->current_test_info()->name(), what,
              static_cast<double>(error), static_cast<double>(tolerance));
}

// Bounds by kind, each at most 4x the largest error seen under ONEDNN_MAX_CPU_ISA = SSE41, AVX2, AVX512_CORE and none.
inline constexpr float kRounding = 1.9e-6F;  // a few roundings per value; seen 4.8e-7
inline constexpr float kSums = 4e-6F;        // sums of products; seen 1.24e-6
inline constexpr float kWinograd = 8e-5F;    // 3x3 and larger filters of more than 16 channels; seen 2.25e-5

/// Engine, fused and plain, against the reference interpreter.
inline void expect_parity(const ir::Graph& graph, std::int64_t h, std::int64_t w, float tolerance = kWinograd) {
  const weights::Model model = model_of(graph);
  const ir::Shape shape{1, graph.input().channels, h, w};
  const std::vector<float> src = noise(shape.size(), 3);
  const ref::Array expected = ref::run(graph, model.tensors, {shape, src});
  for (const bool plain : {false, true}) {
    const auto compiled = compile(model, {.threads = plain ? 1 : 2, .plain = plain});
    const float error = difference(run(*compiled, src, h, w), expected.values);
    print_error(plain ? "plain" : "fused", error, tolerance);
    EXPECT_LT(error, tolerance) << (plain ? "plain" : "fused") << " at " << w << "x" << h << "\n"
                                << ir::to_text(graph) << compiled->describe(h, w);
  }
}

}  // namespace genga::engine::test
