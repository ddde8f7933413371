// cartoongan, animegan, animegan_v2 and whitebox: narrow networks on drawn images, pixels in place of features.
#include <gtest/gtest.h>

#include <string>

#include "genga/error.h"
#include "torchnet/network.h"
#include "train/methods/test_steps.h"
#include "train/parts/pixel_format.h"

namespace genga::train {
namespace {

RunConfig narrow(const std::string& method) {
  RunConfig config = compose("method = \"" + method + "\"", "test", {});
  config.options["perceptual"] = "none";
  config.batch = 2;
  config.crop = 32;
  config.options["width"] = config.options["discriminator_width"] = 4;
  config.steps = 100;
  config.warmup = 2;
  return config;
}

std::unique_ptr<Method> make(const RunConfig& config) {
  return find_method(config.method).make(config);
}

double term(const Terms& terms, const std::string& name) {
  for (const auto& [key, value] : terms) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no term " << name;
  return 0;
}

/// Whether weights of a network differ between two states.
bool changed(const weights::TensorMap& a, const weights::TensorMap& b, const std::string& network) {
  for (auto it = a.lower_bound(network + "/"); it != a.end() && it->first.starts_with(network + "/"); ++it) {
    if (it->second.to_f32() != b.at(it->first).to_f32()) return true;
  }
  return false;
}

class Cartoons : public testing::TestWithParam<std::string> {};

TEST_P(Cartoons, PresetSetsOnlyFieldsThatTheMethodReads) {
  RunConfig config = compose("method = \"" + GetParam() + "\"", "test", {});
  config.options["perceptual"] = "none";
  EXPECT_NO_THROW(check_options(config, find_method(GetParam())));
}

TEST_P(Cartoons, ResumesExactly) {
  expect_exact_resume(narrow(GetParam()), 10);
}

TEST_P(Cartoons, TrainsDiscriminatorsAfterTheWarmupOnly) {
  const RunConfig config = narrow(GetParam());
  const auto method = make(config);
  const std::string discriminator = GetParam() == "whitebox" ? "discriminator_surface" : "discriminator";
  const weights::TensorMap start = method->state();
  EXPECT_FALSE(has_term(step(*method, config, 0), "grad_discriminator"));
  const weights::TensorMap warm = method->state();
  EXPECT_TRUE(changed(start, warm, "generator"));
  EXPECT_FALSE(changed(start, warm, discriminator));
  EXPECT_TRUE(has_term(step(*method, config, 2), "grad_discriminator"));
  const weights::TensorMap played = method->state();
  EXPECT_TRUE(changed(warm, played, "generator"));
  EXPECT_TRUE(changed(warm, played, discriminator));
}

TEST_P(Cartoons, LearnsThePhotoDuringTheWarmup) {
  RunConfig config = narrow(GetParam());
  config.warmup = 100;
  config.lr = config.lr_warmup = 2e-3;
  const auto method = make(config);
  const std::string name = GetParam() == "whitebox" ? "photo" : "content";
  StepContext first(1, 0);
  const double before = term(method->step(drawn(config, 0), first), name);
  double after = before;
  for (int i = 1; i < 40; ++i) {
    StepContext context(1, i);
    after = term(method->step(drawn(config, 0), context), name);
  }
  EXPECT_LT(after, 0.6 * before);
}

TEST_P(Cartoons, SayWhereToGetFeaturesWhenThereAreNone) {
  RunConfig config = narrow(GetParam());
  config.options["perceptual"] = "";
  try {
    make(config);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'" + GetParam() + "'"), std::string::npos) << error.what();
  }
}

TEST_P(Cartoons, TakePenaltiesAndAugmentation) {
  RunConfig config = narrow(GetParam());
  config.warmup = 0;
  config.options["adversarial"] = "dragan";
  config.options["r1_gamma"] = 1;
  config.augment = "ada";
  const auto method = make(config);
  const Terms terms = step(*method, config, 0);
  EXPECT_TRUE(all_finite(terms));
  EXPECT_GT(term(terms, GetParam() == "whitebox" ? "penalty_surface" : "penalty"), 0);
}

INSTANTIATE_TEST_SUITE_P(All, Cartoons, testing::Values("cartoongan", "animegan", "animegan_v2", "whitebox"),
                         [](const auto& named) { return named.param; });

TEST(AnimeganV2, HasAPresetForEachStyle) {
  const auto preset = [](const std::string& style) {
    return compose("preset = \"animegan_v2_" + style + "\"", "test", {});
  };
  EXPECT_EQ(preset("hayao").options.at("w_color"), OptionValue(15.0));
  EXPECT_EQ(preset("paprika").options.at("w_style"), OptionValue(0.6));
  EXPECT_EQ(preset("paprika").options.at("w_discriminator_smooth"), OptionValue(0.005));
  EXPECT_EQ(preset("shinkai").options.at("w_discriminator_real"), OptionValue(1.7));
  EXPECT_EQ(preset("shinkai").batch, 12) << "what a style does not name stays the method's";
}

TEST(AnimeganV2, HasALiteGenerator) {
  RunConfig config = compose("method = \"animegan_v2\"\nlite = true", "test", {});
  config.options["perceptual"] = "none";
  const auto method = make(config);
  EXPECT_EQ(ir::count_parameters(*method->networks().front().graph), 698240);
  EXPECT_EQ(method->result().card.architecture, "animegan_v2_lite");
}

TEST(AnimeganV2, WeighsTheDiscriminatorsTermsAsAsked) {
  // With every weight but one at zero the discriminator's gradient is that term's.
  RunConfig config = narrow("animegan_v2");
  config.warmup = 0;
  for (const char* name : {"real", "grey", "fake", "smooth"})
    config.options[std::string("w_discriminator_") + name] = 0;
  EXPECT_EQ(term(step(*make(config), config, 0), "grad_discriminator"), 0);
  config.options["w_discriminator_smooth"] = 1;
  const double once = term(step(*make(config), config, 0), "grad_discriminator");
  config.options["w_discriminator_smooth"] = 2;
  EXPECT_NEAR(term(step(*make(config), config, 0), "grad_discriminator"), 2 * once, 1e-3 * once);
}

/// The image that users get: the stored network between the card's conversions. stylise() repeats 16 pixels around the
/// photo; here the same is done by hand.
void expect_card_tells_the_pixels(const std::string& name, const weights::PixelFormat& expected) {
  const auto method = make(narrow(name));
  const weights::Model model = method->result();
  EXPECT_EQ(model.card.pixels.order, expected.order);
  EXPECT_EQ(model.card.pixels.input_high, expected.input_high);
  EXPECT_EQ(model.card.pixels.output_low, expected.output_low);
  // Not one color: instance norms would divide rounding errors by nothing, and every processor has its own.
  const at::Tensor photo = 0.8 * at::sin(at::arange(3 * 32 * 32, at::kFloat) * 0.37).view({1, 3, 32, 32});
  torchnet::Network network(model.graph);
  network.set_weights(model.tensors);
  const at::NoGradGuard no_grad;
  const at::Tensor larger = at::replication_pad2d(photo, {16, 16, 16, 16});  // [1,3,64,64]
  const at::Tensor by_card = from_network_pixels(network.forward(to_network_pixels(larger, expected)), expected);
  const at::Tensor shown = method->stylise(photo);
  EXPECT_GT((shown - shown.mean()).abs().max().item<float>(), 0.01F);
  EXPECT_LT((by_card.narrow(2, 16, 32).narrow(3, 16, 32) - shown).abs().max().item<float>(), 1e-4F);
}

TEST(Cartoongan, KeepsThePublishedPixels) {
  expect_card_tells_the_pixels("cartoongan", {weights::ChannelOrder::kBgr, 0, 255, 0, 1});
}

TEST(Whitebox, KeepsThePublishedPixels) {
  expect_card_tells_the_pixels("whitebox", {.order = weights::ChannelOrder::kBgr});
}

TEST(PixelFormat, ConvertsThereAndBack) {
  const at::Tensor rgb = at::tensor({1.0F, 0.0F, -1.0F}).view({1, 3, 1, 1});
  const at::Tensor bytes = to_network_pixels(rgb, {weights::ChannelOrder::kBgr, 0, 255, 0, 1}).flatten();
  EXPECT_TRUE(at::allclose(bytes, at::tensor({0.0F, 127.5F, 255.0F})));
  const at::Tensor back =
      from_network_pixels(bytes.view({1, 3, 1, 1}) / 255, {weights::ChannelOrder::kBgr, 0, 255, 0, 1});
  EXPECT_TRUE(at::allclose(back, rgb));
}

}  // namespace
}  // namespace genga::train
