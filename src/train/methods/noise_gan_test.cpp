// The methods from noise: seed_gan, dcgan, deligan; narrow networks on drawn images.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "train/methods/test_steps.h"
#include "train/parts/adaptive_balance.h"

namespace genga::train {
namespace {

RunConfig narrow(const std::string& method) {
  RunConfig config = compose("method = \"" + method + "\"", "test", {});
  config.batch = 3;
  config.options["width"] = config.options["discriminator_width"] = 4;
  config.options["latent"] = 8;
  if (method == "deligan") config.options["components"] = 5;
  config.steps = 100;
  return config;
}

class NoiseGans : public testing::TestWithParam<std::string> {
 protected:
  RunConfig config_ = narrow(GetParam());
};

TEST_P(NoiseGans, PresetSetsOnlyFieldsThatTheMethodReads) {
  EXPECT_NO_THROW(check_options(compose("method = \"" + GetParam() + "\"", "test", {}), find_method(GetParam())));
}

TEST_P(NoiseGans, ResumesBitForBit) {
  expect_exact_resume(config_, 6);
}

TEST_P(NoiseGans, ResumesBitForBitWithEverythingOn) {
  config_.ema = 0.9;
  config_.options["discriminator_steps"] = 2;
  config_.options["balance"] = "alternate";
  config_.augment = "translation,cutout";
  config_.options["label_real"] = 0.9;
  config_.options["r1_gamma"] = 0.1;
  config_.options["r1_every"] = 2;
  expect_exact_resume(config_, 4);
}

TEST_P(NoiseGans, TakeAnyAdversarialLoss) {
  config_.options["balance"] = "alternate";
  for (const char* name : {"lsgan", "hinge", "wgan-gp", "dragan"}) {
    config_.options["adversarial"] = name;
    const auto method = find_method(config_.method).make(config_);
    EXPECT_TRUE(all_finite(step(*method, config_, 0))) << name;
    EXPECT_TRUE(all_finite(step(*method, config_, 1))) << name;
  }
}

TEST_P(NoiseGans, SamplesDependOnTheSeedAlone) {
  const auto method = find_method(config_.method).make(config_);
  step(*method, config_, 0);
  const at::Tensor samples = method->sample(4, 7);
  EXPECT_EQ(samples.sizes(), at::IntArrayRef({4, 3, 64, 64}));
  EXPECT_TRUE(at::equal(samples, method->sample(4, 7)));
  EXPECT_FALSE(at::equal(samples, method->sample(4, 8)));
  EXPECT_FALSE(at::equal(samples[0], samples[1]));
  const weights::Model model = method->result();
  EXPECT_NO_THROW(weights::check_tensors(model.graph, model.tensors));
}

TEST_P(NoiseGans, RefuseSizesThatTheirNetworksDoNotHave) {
  config_.crop = 192;
  EXPECT_THROW(find_method(config_.method).make(config_), Error);
}

INSTANTIATE_TEST_SUITE_P(Methods, NoiseGans, testing::Values("seed_gan", "dcgan", "deligan"),
                         [](const auto& param) { return param.param; });

TEST(Deligan, LearnsMeansAndDeviationsOfItsMixture) {
  const RunConfig config = narrow("deligan");
  const auto method = find_method("deligan").make(config);
  const weights::TensorMap before = method->state();
  Terms terms;
  for (int i = 0; i < 3; ++i) terms = step(*method, config, i);
  const weights::TensorMap after = method->state();
  const std::string mean = "generator/mixture.mean", deviation = "generator/mixture.deviation";
  EXPECT_NE(before.at(mean).to_f32(), after.at(mean).to_f32());
  EXPECT_EQ(before.at(deviation).to_f32()[0], 0.2F);
  EXPECT_NE(before.at(deviation).to_f32(), after.at(deviation).to_f32());
  EXPECT_TRUE(has_term(terms, "threshold"));
}

TEST(AdaptiveBalance, FollowsTheAuthorsRule) {
  AdaptiveBalance balance;
  EXPECT_TRUE(balance.is_generators_turn(1.1));
  EXPECT_FALSE(balance.is_generators_turn(0.9));
  EXPECT_FLOAT_EQ(static_cast<float>(balance.threshold()), 1);  // one turn is not yet a row
  EXPECT_FALSE(balance.is_generators_turn(0.9));
  EXPECT_FLOAT_EQ(static_cast<float>(balance.threshold()), 0.997F);
  for (int i = 0; i < 200; ++i) balance.is_generators_turn(0);
  EXPECT_FLOAT_EQ(static_cast<float>(balance.threshold()), 0.7F);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(balance.is_generators_turn(2));
  EXPECT_FLOAT_EQ(static_cast<float>(balance.threshold()), 0.7F);  // only after more than three
  EXPECT_TRUE(balance.is_generators_turn(2));
  EXPECT_FLOAT_EQ(static_cast<float>(balance.threshold()), 0.703F);
}

TEST(AdaptiveBalance, GoesOnWhereItWasSaved) {
  AdaptiveBalance a, b;
  for (const double loss : {0.5, 0.5, 0.5, 2.0, 2.0, 2.0}) a.is_generators_turn(loss);
  weights::TensorMap state;
  a.save(state, "x/");
  b.load(state, "x/");
  EXPECT_EQ(a.is_generators_turn(2), b.is_generators_turn(2));
  EXPECT_EQ(a.threshold(), b.threshold());
  EXPECT_THROW(b.load({}, "x/"), Error);
}

}  // namespace
}  // namespace genga::train
