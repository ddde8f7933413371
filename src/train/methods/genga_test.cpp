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
