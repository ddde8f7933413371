// Convolutions in 16-bit numbers: which ones, how near to f32, and the error where the machine has none.
#include <cmath>

#include "engine/kernels/isa.h"
#include "engine/plan/plan.h"
#include "engine/test_nets.h"
#include "genga/error.h"
#include "genga/models.h"

namespace genga::engine {
namespace {

using test::Chain;
using test::difference;
using test::model_of;
using test::noise;

/// Norm of the difference relative to the norm.
double relative_error(const std::vector<float>& exact, const std::vector<float>& values) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    difference += std::pow(static_cast<double>(values[i] - exact[i]), 2);
    norm += std::pow(static_cast<double>(exact[i]), 2);
  }
  return std::sqrt(difference / norm);
}

void expect_near_f32(const ir::Graph& graph, std::int64_t h, std::int64_t w, double tolerance) {
  const weights::Model model = model_of(graph);
  const std::vector<float> src = noise(h * w * graph.input().channels, 3);
  const auto exact = compile(model, {.threads = 2});
  const std::vector<float> expected = test::run(*exact, src, h, w);
  for (const bool plain : {false, true}) {
    const auto compiled = compile(model, {.threads = 2, .plain = plain, .precision = Precision::kBf16});
    const std::vector<float> found = test::run(*compiled, src, h, w);
    EXPECT_LT(relative_error(expected, found), tolerance) << compiled->describe(h, w);
    EXPECT_GT(difference(expected, found), 0) << "nothing was lowered\n" << compiled->describe(h, w);
  }
}

class Bf16 : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_precision(Precision::kBf16)) GTEST_SKIP() << "this machine has no AVX512-BF16: bf16 does not run";
  }
};

// bf16 rounds by up to 2^-8 = 0.004 what is multiplied; Winograd's transforms enlarge that to 0.02.
constexpr double kOneLayer = 0.03;
constexpr double kWholeNetwork = 0.1;  // with random weights; seen 0.064

TEST_F(Bf16, StaysNearF32InEveryKindOfConvolution) {
  for (const ir::Conv2d& conv :
       {ir::Conv2d{.out = 24, .kernel = 3, .pad = {1, 1, 1, 1}},
        {.out = 40, .kernel = 3, .stride = 2, .pad = {1, 1, 1, 1}},
        {.out = 72, .kernel = 1},
        {.out = 20, .kernel = 7, .stride = 2, .pad = {3, 3, 3, 3}, .pad_mode = ir::PadMode::kReflect}}) {
    Chain net(20);
    net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu});
    net.add(conv);
    SCOPED_TRACE(ir::to_text(net.finish()));
    expect_near_f32(net.finish(), 22, 26, kOneLayer);
  }
}

TEST_F(Bf16, DoesResidualsAndActivationsInF32) {
  Chain net(32);
  const ir::NodeId x = net.add(ir::Conv2d{.out = 32, .kernel = 3, .pad = {1, 1, 1, 1}});
  net.add(ir::Conv2d{.out = 32, .kernel = 5, .pad = {2, 2, 2, 2}});
  net.add(ir::Activation{.kind = ir::ActivationKind::kRelu});
  net.add(ir::Add{}, {x, net.last()});
  net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
  expect_near_f32(net.finish(), 17, 19, kOneLayer);
}

TEST_F(Bf16, StaysNearF32ThroughWholeNetworks) {
  expect_near_f32(models::genga_lite(), 48, 64, kWholeNetwork);
  expect_near_f32(models::animegan_v2(), 48, 64, kWholeNetwork);
  expect_near_f32(models::whitebox(), 48, 64, kWholeNetwork);
}

TEST_F(Bf16, LeavesThePlanarSourceDepthwiseLayersAndAttentionInF32) {
  Chain net(3);
  net.add(ir::Conv2d{.out = 32, .kernel = 7, .pad = {3, 3, 3, 3}});                // reads the planar input
  net.add(ir::Conv2d{.out = 32, .kernel = 3, .pad = {1, 1, 1, 1}, .groups = 32});  // depthwise
  net.add(ir::ExternalAttention{.memory = 64});
  const weights::Model model = model_of(net.finish());
  const std::string text = compile(model, {.threads = 1, .precision = Precision::kBf16})->describe(32, 32);
  EXPECT_EQ(text.find("bf16"), std::string::npos) << text;
}

TEST_F(Bf16, ARunIsTheSameWhateverTheThreads) {
  const weights::Model model = model_of(models::genga_lite({.width = 16}));
  const std::vector<float> src = noise(3 * 72 * 88, 3);
  const auto one = compile(model, {.threads = 1, .precision = Precision::kBf16});
  const auto two = compile(model, {.threads = 2, .precision = Precision::kBf16});
  EXPECT_EQ(test::run(*one, src, 72, 88), test::run(*two, src, 72, 88));
}

TEST(Precision, BestIsOneThatIsThere) {
  EXPECT_TRUE(has_precision(best_precision()));
  EXPECT_TRUE(has_precision(Precision::kF32));
  EXPECT_EQ(name_of(Precision::kF16), "f16");
}

TEST(Precision, AMissingOneIsRefusedWithTheCure) {
  const weights::Model model = model_of(models::genga_lite({.width = 8}));
  for (const Precision precision : {Precision::kBf16, Precision::kF16}) {
    if (has_precision(precision)) continue;
    try {
      compile(model, {.precision = precision});
      ADD_FAILURE() << name_of(precision);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      EXPECT_NE(std::string(error.what()).find("use f32"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace genga::engine
