// engine = ref, fused and plain, over the whole table and over random graphs; below f32 it stays near.
#include <gtest/gtest.h>

#include <cstdlib>

#include "genga/engine.h"
#include "parity/op_cases.h"
#include "parity/random_graph.h"

namespace genga::parity {
namespace {

std::vector<float> run_engine(const Case& c, const ref::Array& input, bool plain,
                              engine::Precision precision = engine::Precision::kF32) {
  const auto compiled = engine::compile(case_model(c), {.threads = 1, .plain = plain, .precision = precision});
  const auto session = compiled->session(input.shape.h, input.shape.w);
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
  session->run(input.values, dst);
  return dst;
}

void expect_engine_equals_ref(const Case& c, double min_peak = 1e-3) {
  const ref::Array input = case_input(c.input, c.seed);
  const ref::Array expected = ref::run(c.graph, case_weights(c.graph, c.seed), input);
  for (const bool plain : {true, false}) {
    const double error = relative_error(expected.values, run_engine(c, input, plain), min_peak);
    print_error(plain ? "engine plain" : "engine fused", c, error, c.tolerance);
    EXPECT_LE(error, c.tolerance) << (plain ? "plain" : "fused");
  }
}

class EveryCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(EveryCase, EngineEqualsRef) {
  expect_engine_equals_ref(GetParam());
}

// bf16 rounds by up to 2^-8 = 0.004 what is multiplied; Winograd enlarges that. Whole networks with random weights
// enlarge it beyond any bound worth testing.
constexpr double kBf16Tolerance = 0.1;

class EveryOp : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryOp, testing::ValuesIn(op_cases()), [](const auto& row) { return row.param.name; });

TEST_P(EveryOp, Bf16StaysNearF32) {
  if (!engine::has_precision(engine::Precision::kBf16)) GTEST_SKIP() << "this machine has no AVX512-BF16";
  const Case& c = GetParam();
  const ref::Array input = case_input(c.input, c.seed);
  const std::vector<float> exact = run_engine(c, input, false);
  for (const bool plain : {true, false}) {
    const double error = relative_error(exact, run_engine(c, input, plain, engine::Precision::kBf16));
    print_error(plain ? "bf16 plain" : "bf16 fused", c, error, kBf16Tolerance);
    EXPECT_LE(error, kBf16Tolerance) << (plain ? "plain" : "fused");
  }
}

TEST_P(EveryCase, RunsOfOneSessionDoNotDisturbEachOther) {
  const Case& c = GetParam();
  const auto compiled = engine::compile(case_model(c), {.threads = 1});
  const auto session = compiled->session(c.input.h, c.input.w);
  const std::vector<float> a = case_input(c.input, 1).values;
  const std::vector<float> b = case_input(c.input, 2).values;
  std::vector<float> first(static_cast<std::size_t>(session->output_shape().size()));
  std::vector<float> again(first.size());
  session->run(a, first);
  session->run(b, again);
  session->run(a, again);
  EXPECT_EQ(first, again);
}

constexpr std::uint64_t kRandomGraphs = 200;

TEST(RandomGraphs, EngineEqualsRef) {
  for (std::uint64_t seed = 1; seed <= kRandomGraphs; ++seed) {
    const Case c = random_case(seed);
    SCOPED_TRACE(ir::to_text(c.graph));
    expect_engine_equals_ref(c);
  }
}

/// GENGA_RANDOM_GRAPHS=100000 searches for minutes.
TEST(RandomGraphs, EngineEqualsRefOnAsManyAsAreAskedFor) {
  const char* wanted = std::getenv("GENGA_RANDOM_GRAPHS");
  if (wanted == nullptr) GTEST_SKIP() << "GENGA_RANDOM_GRAPHS does not say how many";
  // A norm of a plane that is constant but for rounding gives rounding, enlarged: among so many graphs that occurs.
  constexpr double kMinPeak = 1, kSearchTolerance = 1e-3;
  for (std::uint64_t seed = kRandomGraphs + 1; seed <= std::strtoull(wanted, nullptr, 10); ++seed) {
    Case c = random_case(seed);
    c.tolerance = kSearchTolerance;
    SCOPED_TRACE(ir::to_text(c.graph));
    expect_engine_equals_ref(c, kMinPeak);
  }
}

TEST(Statistics, OfTheEngineEqualThoseOfRef) {
  for (const Case& c : all_cases()) {
    if (ir::receptive_field(c.graph).local) continue;
    SCOPED_TRACE(c.name);
    const ref::Array input = case_input(c.input, c.seed);
    weights::NormStatistics expected;
    ref::run(c.graph, case_weights(c.graph, c.seed), input, &expected);
    const auto session = engine::compile(case_model(c), {.threads = 1})->session(c.input.h, c.input.w);
    std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
    weights::NormStatistics actual;
    session->run(input.values, dst, &actual);
    ASSERT_EQ(actual.values.size(), expected.values.size());
    for (const auto& [name, values] : expected.values) {
      EXPECT_LE(relative_error(values, actual.values.at(name)), 1e-4) << name;
    }
  }
}

}  // namespace
}  // namespace genga::parity
