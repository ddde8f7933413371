// The methods that translate without pairs: cyclegan, cut, fastcut, ugatit_light; narrow networks on drawn images.
#include <gtest/gtest.h>

#include <string>

#include "genga/error.h"
#include "genga/transform.h"
#include "train/methods/test_steps.h"

namespace genga::train {
namespace {

RunConfig narrow(const std::string& method) {
  const std::string toml = "method = \"" + method + "\"";
  RunConfig config = compose(toml, "test", {});
  config.batch = 2;
  config.crop = method == "ugatit_light" ? 96 : 32;
  config.options["width"] = config.options["discriminator_width"] = 4;
  config.steps = 100;
  return config;
}

double term(const Terms& terms, const std::string& name) {
  for (const auto& [key, value] : terms) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no term " << name;
  return 0;
}

class Translation : public testing::TestWithParam<std::string> {
 protected:
  RunConfig config_ = narrow(GetParam());
  std::unique_ptr<Method> make() const { return find_method(GetParam()).make(config_); }
};

TEST_P(Translation, PresetsSetOnlyFieldsThatTheMethodReads) {
  EXPECT_NO_THROW(check_options(compose("method = \"" + GetParam() + "\"", "test", {}), find_method(GetParam())));
}

TEST_P(Translation, TenStepsResumedHalfwayEqualTenStepsBitForBit) {
  expect_exact_resume(config_, 10);
}

TEST_P(Translation, EveryWeightLearns) {
  const auto method = make();
  step(*method, config_, 0);
  std::size_t n_gradients = 0;
  method->each_gradient([&](const std::string& name, const at::Tensor& gradient) {
    ++n_gradients;
    EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << name;
  });
  std::size_t n_weights = 0;
  for (const NetworkRow& row : method->networks()) n_weights += ir::weight_specs(*row.graph).size();
  EXPECT_EQ(n_gradients, n_weights);
}

TEST_P(Translation, ResultIsTheModelThatStylises) {
  const auto method = make();
  step(*method, config_, 0);
  const weights::Model model = method->result();
  EXPECT_NO_THROW(weights::check_tensors(model.graph, model.tensors));
  EXPECT_FALSE(model.card.architecture.empty());
  const at::Tensor image = method->stylise(drawn(config_, 3).photo.narrow(0, 0, 1).narrow(2, 0, 30));
  EXPECT_EQ(image.sizes(), at::IntArrayRef({1, 3, 30, config_.crop}));
  EXPECT_LE(image.abs().max().item<float>(), 1.0F);
}

INSTANTIATE_TEST_SUITE_P(Methods, Translation, testing::Values("cyclegan", "cut", "fastcut", "ugatit_light"),
                         [](const auto& param) { return param.param; });

/// Mean of a term over the first and the last five of 24 steps at ten times the published rate.
struct Trend {
  double first = 0, last = 0;
};
Trend trend(const std::string& name, const std::string& term_name) {
  RunConfig config = narrow(name);
  config.lr *= 10;
  config.lr_discriminator *= 10;
  const auto method = find_method(name).make(config);
  constexpr int kSteps = 24, kMean = 5;
  Trend result;
  for (int i = 0; i < kSteps; ++i) {
    const double value = term(step(*method, config, i), term_name);
    if (i < kMean) result.first += value / kMean;
    if (i >= kSteps - kMean) result.last += value / kMean;
  }
  return result;
}

TEST(CycleGan, LearnsTheWayThereAndBack) {
  const Trend cycle = trend("cyclegan", "cycle");
  EXPECT_LT(cycle.last, 0.9 * cycle.first);
}

TEST(Cut, LearnsWhichPatchIsWhich) {
  const Trend nce = trend("cut", "nce");
  EXPECT_LT(nce.last, 0.9 * nce.first);
}

TEST(UgatitLight, LearnsTheWayThereAndBack) {
  const Trend cycle = trend("ugatit_light", "cycle");
  EXPECT_LT(cycle.last, 0.9 * cycle.first);
}

TEST(UgatitLight, KeepsRhoBetweenZeroAndOne) {
  RunConfig config = narrow("ugatit_light");
  config.lr = 0.5;  // one step would take every rho out of its range
  const auto method = find_method("ugatit_light").make(config);
  step(*method, config, 0);
  std::size_t n_rho = 0;
  for (const auto& [name, tensor] : method->result().tensors) {
    if (!name.ends_with(".rho")) continue;
    ++n_rho;
    for (const float rho : tensor.to_f32()) {
      EXPECT_GE(rho, 0.0F) << name;
      EXPECT_LE(rho, 1.0F) << name;
    }
  }
  EXPECT_EQ(n_rho, 10U);  // four blocks of two AdaLINs, two LINs
}

TEST(UgatitLight, RefusesCropsTooSmallForItsGlobalDiscriminator) {
  RunConfig config = narrow("ugatit_light");
  config.crop = 64;
  try {
    find_method("ugatit_light").make(config);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("at least 96"), std::string::npos) << error.what();
  }
}

/// The discriminator's first loss: it sees G(photo) or, where FastCUT mirrors, G of the mirrored photo. G starts from
/// other weights than the method's own, with which all its images would be grey.
double first_discriminator_loss(const std::string& name, int number) {
  const RunConfig config = narrow("fastcut");
  const auto method = find_method(name).make(config);
  weights::Model start = method->result();
  start.tensors = transform::random_weights(start.graph, 5);
  method->init_from(start);
  return term(step(*method, config, number), "d");
}

TEST(FastCut, IsCutThatMirrorsHalfOfTheBatches) {
  int n_mirrored = 0;
  for (int i = 0; i < 8; ++i) {
    StepContext context(static_cast<std::uint64_t>(narrow("fastcut").seed), i);
    const bool mirrored = context.chance() < 0.5;
    n_mirrored += mirrored ? 1 : 0;
    EXPECT_EQ(first_discriminator_loss("fastcut", i) == first_discriminator_loss("cut", i), !mirrored) << "step " << i;
  }
  EXPECT_GT(n_mirrored, 0);
  EXPECT_LT(n_mirrored, 8);
}

}  // namespace
}  // namespace genga::train
