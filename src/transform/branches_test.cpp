// Tests of mixed styles and scaled strokes: graphs and cards. Their results are compared in tests/parity.
#include <gtest/gtest.h>

#include <array>

#include "genga/error.h"
#include "genga/transform.h"

namespace genga::transform {
namespace {

weights::Model small_net(const std::string& name, const std::string& licence, const std::string& credit) {
  weights::Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{.channels = 3});
  x = model.graph.add("conv", ir::Conv2d{.out = 3, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  model.graph.set_output(model.graph.add("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x}));
  model.tensors = random_weights(model.graph, 1);
  model.card.name = name;
  model.card.licence = licence;
  model.card.attribution = credit;
  return model;
}

ErrorCode refusal_of_mix(const weights::Model& a, const weights::Model& b, std::array<double, 2> weights) {
  try {
    mix_models(std::array{a, b}, weights);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kIo;  // no refusal
}

TEST(MixModels, IsOneNetworkThatNamesAllItCameFrom) {
  const std::array models{small_net("pepper", "CC-BY-4.0", "by A"), small_net("mika", "CC0-1.0", "")};
  const weights::Model mix = mix_models(models, std::array{3.0, 1.0});
  EXPECT_NO_THROW(weights::check_tensors(mix.graph, mix.tensors));
  EXPECT_EQ(mix.tensors.size(), 4U);
  EXPECT_EQ(mix.card.name, "pepper75-mika25");
  EXPECT_EQ(mix.card.licence, "CC-BY-4.0 AND CC0-1.0");
  EXPECT_EQ(mix.card.attribution, "by A");
  EXPECT_EQ(ir::receptive_field(mix.graph).border_px, 1);
}

TEST(MixModels, OfAnUnknownLicenceHasNone) {
  const std::array models{small_net("a", "CC0-1.0", ""), small_net("b", "", "")};
  EXPECT_EQ(mix_models(models, std::array{1.0, 1.0}).card.licence, "");
}

std::string licence_of_mix(const std::string& a, const std::string& b) {
  return mix_models(std::array{small_net("a", a, ""), small_net("b", b, "")}, std::array{1.0, 1.0}).card.licence;
}

TEST(MixModels, KeepsEveryLicence) {
  EXPECT_EQ(licence_of_mix("MIT-0", "MIT"), "MIT-0 AND MIT");
  EXPECT_EQ(licence_of_mix("LGPL-3.0-only", "GPL-3.0-only"), "LGPL-3.0-only AND GPL-3.0-only");
  EXPECT_EQ(licence_of_mix("CC0-1.0", "CC0-1.0"), "CC0-1.0");
  EXPECT_EQ(licence_of_mix("CC0-1.0 AND MIT", "MIT AND CC-BY-4.0"), "CC0-1.0 AND MIT AND CC-BY-4.0");
  EXPECT_EQ(licence_of_mix("MIT OR GPL-2.0-only AND MIT-0", "MIT"), "(MIT OR GPL-2.0-only AND MIT-0) AND MIT");
  EXPECT_EQ(licence_of_mix("MIT OR Apache-2.0", "MIT OR Apache-2.0"), "MIT OR Apache-2.0");
  EXPECT_EQ(licence_of_mix("(MIT OR Zlib) AND CC0-1.0", "CC0-1.0"), "(MIT OR Zlib) AND CC0-1.0");
}

TEST(MixModels, KeepsEveryCredit) {
  const std::array models{small_net("a", "MIT", "Anna Lee; Bo"), small_net("b", "MIT", "Anna"),
                          small_net("c", "MIT", "Bo"), small_net("d", "MIT", "")};
  EXPECT_EQ(mix_models(models, std::array{1.0, 1.0, 1.0, 1.0}).card.attribution, "Anna Lee; Bo; Anna");
}

TEST(MixModels, NamesDataRecipeAndLimitsOfAll) {
  std::array models{small_net("a", "MIT", ""), small_net("", "MIT", "")};
  models[0].card.data = "panels";
  models[1].card.data = "scenery";
  models[0].card.recipe = "800 steps";
  models[0].card.limits = models[1].card.limits = "no eyes";
  const weights::ModelCard card = mix_models(models, std::array{1.0, 1.0}).card;
  EXPECT_EQ(card.data, "a: panels; style 2: scenery");
  EXPECT_EQ(card.recipe, "a: 800 steps; style 2: unknown");
  EXPECT_EQ(card.limits, "no eyes");
}

TEST(MixModels, IsSizedForTheMeanOfThoseThatSaySomething) {
  std::array models{small_net("a", "", ""), small_net("b", "", ""), small_net("any", "", "")};
  EXPECT_EQ(mix_models(models, std::array{1.0, 1.0, 1.0}).card.sized_for, 0);
  models[0].card.sized_for = models[1].card.sized_for = 1400;
  EXPECT_EQ(mix_models(models, std::array{1.0, 2.0, 3.0}).card.sized_for, 1400);
  models[1].card.sized_for = 2000;
  EXPECT_EQ(mix_models(models, std::array{1.0, 3.0, 1.0}).card.sized_for, 1850);
  EXPECT_EQ(mix_models(models, std::array{1.0, 0.0, 0.0}).card.sized_for, 1400);
}

TEST(MixModels, RefusesNoWeightsAndOtherPixels) {
  const weights::Model a = small_net("a", "CC0-1.0", "");
  weights::Model b = small_net("b", "CC0-1.0", "");
  EXPECT_EQ(refusal_of_mix(a, b, {0, 0}), ErrorCode::kInvalidArgument);
  b.card.pixels.input_low = 0;
  EXPECT_EQ(refusal_of_mix(a, b, {1, 1}), ErrorCode::kUnsupported);
}

TEST(LargerStrokes, StayLocalWithLargerReachAndMultiple) {
  weights::Model model = small_net("a", "CC0-1.0", "");
  model.card.sized_for = 700;
  const weights::Model scaled = with_stroke_scale(model, 4);
  EXPECT_NO_THROW(weights::check_tensors(scaled.graph, scaled.tensors));
  const ir::ReceptiveField receptive_field = ir::receptive_field(scaled.graph);
  EXPECT_TRUE(receptive_field.local);
  EXPECT_EQ(receptive_field.multiple, 4);
  EXPECT_GE(receptive_field.border_px, 4);
  EXPECT_EQ(scaled.card.licence, "CC0-1.0");
  EXPECT_EQ(scaled.card.sized_for, 2800);
}

TEST(SmallerStrokes, StayLocalWithSmallerReachAndMultiple) {
  weights::Model model = small_net("a", "CC0-1.0", "");
  model.card.sized_for = 700;
  const weights::Model scaled = with_stroke_scale(model, 0.5);
  EXPECT_NO_THROW(weights::check_tensors(scaled.graph, scaled.tensors));
  const ir::ReceptiveField receptive_field = ir::receptive_field(scaled.graph);
  EXPECT_TRUE(receptive_field.local);
  EXPECT_EQ(receptive_field.multiple, 1);
  EXPECT_LE(receptive_field.border_px, ir::receptive_field(model.graph).border_px + 1);
  EXPECT_EQ(scaled.card.sized_for, 350);
}

TEST(StrokesBetweenTwoScales, AreLocalAndMixed) {
  const weights::Model model = small_net("a", "CC0-1.0", "");
  for (const auto& [scale, multiple, branches] : {std::tuple{1.25, 2, 2}, {2.5, 6, 3}, {0.75, 1, 2}}) {
    const weights::Model scaled = with_stroke_scale(model, scale);
    EXPECT_NO_THROW(weights::check_tensors(scaled.graph, scaled.tensors));
    EXPECT_TRUE(ir::receptive_field(scaled.graph).local) << scale;
    EXPECT_EQ(ir::receptive_field(scaled.graph).multiple, multiple) << scale;
    EXPECT_EQ(scaled.tensors.size(), branches * model.tensors.size()) << scale;
  }
}

TEST(LargerStrokes, OfFactorOneAreTheModelItself) {
  const weights::Model model = small_net("a", "CC0-1.0", "");
  EXPECT_TRUE(ir::same_graph(with_stroke_scale(model, 1).graph, model.graph));
  for (const double bad : {0.0, 0.25, 1.3, -1.0, kMaxStrokeScale + 1.0})
    EXPECT_THROW(with_stroke_scale(model, bad), Error);
}

TEST(LargerStrokes, NeedANetworkThatKeepsTheImagesSize) {
  weights::Model model = small_net("a", "CC0-1.0", "");
  model.graph.set_output(model.graph.add("up", ir::Upsample{}, {model.graph.output()}));
  EXPECT_THROW(with_stroke_scale(model, 2), Error);
}

}  // namespace
}  // namespace genga::transform
