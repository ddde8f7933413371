// The method genga: tiny networks on drawn images.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "train/methods/test_steps.h"

namespace genga::train {
namespace {

/// Pixels at three scales stand for features.
RunConfig tiny() {
  RunConfig config;
  config.method = "genga";
  config.batch = 2;
  config.crop = 64;
  config.options["width"] = 4;
  config.options["discriminator_width"] = 2;
  config.options["perceptual"] = "none";
  config.options["paint_radius"] = 1;
  config.options["flow_passes"] = 1;
  config.options["w_target"] = config.options["w_gradient"] = 1;
  return config;
}

Images with_margin(const RunConfig& config, std::int64_t number) {
  const std::int64_t margin = find_method("genga").needs.photo_margin;
  RunConfig larger = config;
  larger.crop += static_cast<int>(2 * margin);
  Images batch = drawn(config, number);
  batch.photo = drawn(larger, number).photo;
  return batch;
}

Terms take_step(Method& method, const RunConfig& config, std::int64_t number) {
  StepContext context(static_cast<std::uint64_t>(config.seed), number);
  return method.step(with_margin(config, number), context);
}

double term(const Terms& terms, const std::string& name) {
  for (const auto& [key, value] : terms) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no term " << name;
  return 0;
}

TEST(Genga, APreparedBatchGivesTheSameStep) {
  RunConfig config = tiny();
  config.options["paint_scale"] = 2;
  config.options["detail"] = 1.0;
  const auto plain = find_method("genga").make(config), prepared = find_method("genga").make(config);
  const Terms expected = take_step(*plain, config, 3);
  Images batch = with_margin(config, 3);
  prepared->prepare(batch);
  ASSERT_TRUE(batch.target.defined());
  EXPECT_EQ(batch.target.sizes(), (at::IntArrayRef{2, 3, 64, 64}));
  StepContext context(static_cast<std::uint64_t>(config.seed), 3);
  EXPECT_EQ(prepared->step(batch, context), expected);
  expect_same(prepared->state(), plain->state());
}

TEST(Genga, MeasuresItsTargetOfTheStyleOnceAndKeepsItInTheState) {
  RunConfig config = tiny();
  EXPECT_EQ(find_method("genga").make(config)->study_batches(), 0);
  config.options["measure_style"] = true;
  const auto measured = find_method("genga").make(config), plain = find_method("genga").make(config);
  ASSERT_GT(measured->study_batches(), 0);
  std::vector<Images> seen;
  for (int i = 0; i < 2; ++i) seen.push_back(with_margin(config, i));
  EXPECT_NE(measured->study(seen).find("of edges are lines"), std::string::npos);
  EXPECT_EQ(measured->study_batches(), 0);

  const auto resumed = find_method("genga").make(config);
  resumed->set_state(measured->state());
  EXPECT_EQ(resumed->study_batches(), 0);
  const Terms expected = take_step(*measured, config, 0);
  EXPECT_EQ(take_step(*resumed, config, 0), expected);
  EXPECT_NE(take_step(*plain, config, 0), expected);
}

TEST(Genga, StartsItsColorMapFromTheMeasuredColors) {
  RunConfig config = tiny();
  config.options["measure_style"] = true;
  config.options["color_units"] = 6;
  config.ema = 0.9;
  const auto method = find_method("genga").make(config);
  const std::vector<float> before = method->state().at("generator/color_a.weight").to_f32();
  method->study(std::vector<Images>{with_margin(config, 0), with_margin(config, 1)});
  const weights::TensorMap state = method->state();
  EXPECT_NE(state.at("generator/color_a.weight").to_f32(), before);
  EXPECT_EQ(state.at("average/color_b.weight").to_f32(), state.at("generator/color_b.weight").to_f32());
  EXPECT_EQ(method->result().card.architecture, "genga_color");
  EXPECT_TRUE(all_finite(take_step(*method, config, 0)));
}

TEST(Genga, KnowsItsTargetsPaintingsByADiscriminator) {
  RunConfig config = tiny();
  config.options["w_adversarial_target"] = 0.5;
  const auto method = find_method("genga").make(config);
  const Terms terms = take_step(*method, config, 0);
  EXPECT_TRUE(has_term(terms, "d_target") && has_term(terms, "g_target"));
  EXPECT_FALSE(has_term(terms, "d_color"));
}

TEST(Genga, LearnsStrokesAfterTheWarmUp) {
  RunConfig config = tiny();
  config.warmup = 1;
  config.options["w_strokes"] = 1;
  config.options["w_content"] = 0.1;
  config.options["anchor"] = 0;
  config.lr = 2e-3;
  const auto method = find_method("genga").make(config);
  EXPECT_FALSE(has_term(take_step(*method, config, 0), "strokes"));
  const double first = term(take_step(*method, config, 1), "strokes");
  for (int i = 2; i < 40; ++i) take_step(*method, config, i);
  EXPECT_LT(term(take_step(*method, config, 40), "strokes"), 0.8 * first);
}

TEST(Genga, DrawsTheSameAgainFromItsState) {
  RunConfig config = tiny();
  config.options["w_strokes"] = 1;
  config.options["w_adversarial_color"] = 0.1;
  const auto whole = find_method("genga").make(config), resumed = find_method("genga").make(config);
  take_step(*whole, config, 0);
  resumed->set_state(whole->state());
  take_step(*whole, config, 1);
  take_step(*resumed, config, 1);
  expect_same(whole->state(), resumed->state());
}

TEST(Genga, AsksForAFeatureNetworkOnlyWhereItLooksThroughOne) {
  RunConfig config = tiny();
  config.options["perceptual"] = "";
  EXPECT_NO_THROW(find_method("genga").make(config));
  config.options["w_strokes"] = 1;
  EXPECT_THROW(find_method("genga").make(config), Error);
}

}  // namespace
}  // namespace genga::train
