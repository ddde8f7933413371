// The module libgenga_torch.so behind the engine's interface = ref, over the whole table; what only a GPU does is not
// tested here.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "genga/engine.h"
#include "genga/error.h"
#include "parity/op_cases.h"

namespace genga::parity {
namespace {

constexpr double kTolerance = 1e-4;

std::shared_ptr<const engine::CompiledModel> compile(const Case& c, const char* device = "cpu-torch") {
  return engine::compile(case_model(c), {.threads = 1, .device = device});
}

std::vector<float> result_for(const engine::Session& session) {
  return std::vector<float>(static_cast<std::size_t>(session.output_shape().size()));
}

/// A network with whole-image norms and one without.
const Case& model_case(bool local) {
  for (const Case& c : model_cases()) {
    if (ir::receptive_field(c.graph).local == local) return c;
  }
  throw std::logic_error("no such model in the table");
}

class EveryCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param.name; });

TEST_P(EveryCase, ModuleEqualsRef) {
  const Case& c = GetParam();
  const ref::Array input = case_input(c.input, c.seed);
  const ref::Array expected = ref::run(c.graph, case_weights(c.graph, c.seed), input);
  const auto session = compile(c)->session(c.input.h, c.input.w);
  EXPECT_EQ(session->input_shape(), c.input);
  EXPECT_EQ(session->output_shape(), expected.shape);
  std::vector<float> dst = result_for(*session);
  session->run(input.values, dst);
  const double error = relative_error(expected.values, dst);
  const double tolerance = std::max(kTolerance, c.tolerance);
  print_error("module", c, error, tolerance);
  EXPECT_LE(error, tolerance);
}

TEST(Module, StatisticsEqualThoseOfRef) {
  for (const Case& c : all_cases()) {
    if (ir::receptive_field(c.graph).local) continue;
    SCOPED_TRACE(c.name);
    const ref::Array input = case_input(c.input, c.seed);
    weights::NormStatistics expected, actual;
    ref::run(c.graph, case_weights(c.graph, c.seed), input, &expected);
    const auto session = compile(c)->session(c.input.h, c.input.w);
    std::vector<float> dst = result_for(*session);
    session->run(input.values, dst, &actual);
    ASSERT_EQ(actual.values.size(), expected.values.size());
    for (const auto& [name, values] : expected.values) {
      EXPECT_LE(relative_error(values, actual.values.at(name)), kTolerance) << name;
    }
  }
}

TEST(Module, RunsUnderWayGiveWhatSingleRunsGive) {
  const Case& c = model_case(true);
  const auto session = compile(c)->session(c.input.h, c.input.w);
  std::vector<float> src = case_input(c.input, 1).values;
  std::vector<float> alone = result_for(*session), first = alone, second = alone;
  session->run(src, alone);
  session->start(src, first);
  src = case_input(c.input, 2).values;  // start() is done with it
  session->start(src, second);
  session->wait();
  session->wait();
  EXPECT_EQ(first, alone);
  EXPECT_NE(second, alone);
}

TEST(Module, ProfilesEveryNode) {
  const Case& c = model_case(true);
  const auto session = compile(c)->session(c.input.h, c.input.w);
  std::vector<float> dst = result_for(*session);
  const auto costs = session->profile(case_input(c.input, 1).values, dst);
  std::int64_t macs = 0;
  for (const engine::StepCost& cost : costs) {
    EXPECT_GE(cost.seconds, 0) << cost.step;
    macs += cost.macs;
  }
  EXPECT_EQ(costs.size(), ir::subgraph(c.graph, c.graph.output()).nodes().size());
  EXPECT_EQ(macs, ir::count_macs(c.graph, c.input));
}

TEST(Module, PlansMemoryWithoutTakingIt) {
  const auto compiled = compile(model_case(true));
  const int side = compiled->receptive_field().multiple * 16;
  EXPECT_EQ(compiled->session_bytes(side, side), compiled->session(side, side)->arena_bytes());
  EXPECT_GT(compiled->session_bytes(4 * side, 4 * side), 8 * compiled->session_bytes(side, side));
  EXPECT_EQ(compiled->session_bytes(1 << 18, 1 << 18), engine::kNoSession);
  EXPECT_EQ(compiled->device(), "cpu-torch in f32");
  EXPECT_FALSE(compiled->device_memory().has_value());
  EXPECT_NE(compiled->describe(side, side).find("Conv2d"), std::string::npos);
}

std::string refusal(const std::function<void()>& call, ErrorCode code) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "";
}

TEST(Module, RefusesWhatTheEngineRefuses) {
  const Case& c = model_case(true);
  const auto compiled = compile(c);
  EXPECT_EQ(refusal([&] { compiled->session(0, 8); }, ErrorCode::kInvalidArgument),
            "image of 8 x 0 pixels: both sides must be in 1..1048576");
  EXPECT_NE(
      refusal([&] { compiled->session(1 << 18, 1 << 18); }, ErrorCode::kOutOfMemory).find("smaller image or tile"),
      std::string::npos);
  const auto session = compiled->session(c.input.h, c.input.w);
  std::vector<float> src(3), dst = result_for(*session);
  EXPECT_EQ(refusal([&] { session->run(src, dst); }, ErrorCode::kInvalidArgument).find("source has 3 values"), 0U);

  weights::Model model = case_model(c);
  model.tensors.erase(model.tensors.begin());
  EXPECT_NE(refusal([&] { engine::compile(model, {.device = "cpu-torch"}); }, ErrorCode::kCorruptData), "");
}

TEST(Module, SaysWhyThereIsNoGpu) {
  const std::string message = refusal([] { compile(model_case(true), "cuda:99"); }, ErrorCode::kUnsupported);
  EXPECT_EQ(message.find("device 'cuda:99': "), 0U) << message;
  EXPECT_NE(message.find("or use --device cpu"), std::string::npos) << message;
}

TEST(Module, AutoNeverFails) {
  const Case& c = model_case(true);
  const auto session = compile(c, "auto")->session(c.input.h, c.input.w);
  std::vector<float> dst = result_for(*session);
  session->run(case_input(c.input, 1).values, dst);
  EXPECT_TRUE(std::isfinite(dst[0]));
}

}  // namespace
}  // namespace genga::parity
