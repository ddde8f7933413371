// Tests of latents, interpolation, Sampler and contact sheets.
#include "genga/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/transform.h"

namespace genga::sample {
namespace {

weights::Model model_of(ir::Graph graph) {
  weights::Model model;
  model.tensors = transform::random_weights(graph, 3);
  model.graph = std::move(graph);
  model.card.name = "test";
  return model;
}

/// Three numbers of noise become the three colors of two pixels, [-1,1].
weights::Model colors(std::vector<float> gains = {1, 1, 1, 1, 1, 1}) {
  ir::Graph g;
  const auto x = g.add("x", ir::Input{.channels = 3, .height = 1, .width = 1});
  const auto dense = g.add("dense", ir::Linear{.out = 6, .bias = false}, {x});
  g.set_output(g.add("out", ir::Reshape{.channels = 3, .height = 1, .width = 2}, {dense}));
  weights::Model model = model_of(std::move(g));
  std::vector<float> weight(18);  // [6, 3]; rows: red of both pixels, green, blue
  for (std::size_t row = 0; row < 6; ++row) weight[3 * row + row / 2] = gains[row];
  model.tensors["dense.weight"] = weights::make_tensor({6, 3}, weight);
  return model;
}

double length(const std::vector<float>& v) {
  return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
}

TEST(LatentSize, IsReadFromTheGraph) {
  const auto plain = latent_size(models::dcgan_generator({.width = 4, .latent = 24}));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->normal, 24);
  EXPECT_EQ(plain->components, 0);
  const auto mixture = latent_size(models::deligan_generator({.width = 4, .latent = 10, .components = 7}));
  ASSERT_TRUE(mixture);
  EXPECT_EQ(mixture->normal, 10);
  EXPECT_EQ(mixture->components, 7);
  EXPECT_TRUE(latent_size(models::seed_gan_generator({.width = 8})));
}

TEST(LatentSize, NetworksForImagesHaveNone) {
  EXPECT_FALSE(latent_size(models::genga_lite({.width = 8})));
  EXPECT_FALSE(latent_size(models::dcgan_discriminator({.width = 4})));
}

TEST(Draw, IsAFunctionOfTheSeedAlone) {
  const LatentSize size{.normal = 50, .components = 9};
  const Latent a = draw(size, 7), b = draw(size, 7), c = draw(size, 8);
  EXPECT_EQ(a.normal, b.normal);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_NE(a.normal, c.normal);
  // Written down once: images of a seed must not change with a release.
  EXPECT_FLOAT_EQ(a.normal[0], -0.0124337112F);
  EXPECT_EQ(std::find(a.weights.begin(), a.weights.end(), 1.0F) - a.weights.begin(), 8);
}

TEST(Draw, IsStandardNormalAndUsesAllComponents) {
  const LatentSize size{.normal = 100, .components = 5};
  double sum = 0, squares = 0;
  std::vector<int> used(5);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Latent latent = draw(size, seed);
    for (const float z : latent.normal) sum += z, squares += static_cast<double>(z) * z;
    EXPECT_EQ(std::accumulate(latent.weights.begin(), latent.weights.end(), 0.0F), 1);
    for (std::size_t k = 0; k < 5; ++k) used[k] += latent.weights[k] == 1;
  }
  EXPECT_NEAR(sum / 20000, 0, 0.03);
  EXPECT_NEAR(squares / 20000, 1, 0.05);
  for (const int count : used) EXPECT_NEAR(count, 40, 22);
}

TEST(Draw, TruncationScalesAndComponentChoosesOnlyTheirPart) {
  const LatentSize size{.normal = 8, .components = 4};
  const Latent whole = draw(size, 3), half = draw(size, 3, {.truncation = 0.5, .component = 2});
  for (std::size_t i = 0; i < 8; ++i) EXPECT_FLOAT_EQ(half.normal[i], whole.normal[i] / 2);
  EXPECT_EQ(half.weights, (std::vector<float>{0, 0, 1, 0}));
}

TEST(Draw, RefusesComponentsThatAreNotThere) {
  const auto message = [](const LatentSize& size, int component) {
    try {
      draw(size, 0, {.truncation = 1, .component = component});
      return std::string();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return std::string(error.what());
    }
  };
  EXPECT_EQ(message({8, 4}, 4), "component 4: this model's noise has components 0 to 3");
  EXPECT_EQ(message({8, 4}, -1), "component -1: this model's noise has components 0 to 3");
  EXPECT_EQ(message({8, 0}, 0), "component 0: this model's noise has no components to choose from");
}

TEST(Between, BeginsAtAEndsAtBAndKeepsLengthInTheMiddle) {
  const LatentSize size{.normal = 100, .components = 3};
  const Latent a = draw(size, 1, {.truncation = 1, .component = 0}),
               b = draw(size, 2, {.truncation = 1, .component = 2});
  const Latent start = between(a, b, 0), middle = between(a, b, 0.5), end = between(a, b, 1);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_FLOAT_EQ(start.normal[i], a.normal[i]);
    EXPECT_NEAR(end.normal[i], b.normal[i], 1e-6);
  }
  EXPECT_GT(length(middle.normal), 0.97 * std::min(length(a.normal), length(b.normal)));
  EXPECT_EQ(middle.weights, (std::vector<float>{0.5F, 0, 0.5F}));
}

TEST(Between, IsStraightWhereThereIsNoAngle) {
  const Latent zero{{0, 0}, {}}, one{{1, 1}, {}}, three{{3, 3}, {}};
  EXPECT_EQ(between(zero, one, 0.25).normal, (std::vector<float>{0.25F, 0.25F}));
  EXPECT_EQ(between(one, three, 0.5).normal, (std::vector<float>{2, 2}));
}

TEST(Waypoints, PassAllStopsOnceAndLoopsEndBeforeTheFirst) {
  const auto open = waypoints(3, 4, false);
  ASSERT_EQ(open.size(), 9U);
  EXPECT_EQ(open.front().from, 0);
  EXPECT_EQ(open[5].from, 1);
  EXPECT_EQ(open[5].t, 0.25);
  EXPECT_EQ(open.back().from, 2);
  const auto loop = waypoints(3, 4, true);
  ASSERT_EQ(loop.size(), 12U);
  EXPECT_EQ(loop.back().from, 2);
  EXPECT_EQ(loop.back().to, 0);
  EXPECT_EQ(loop.back().t, 0.75);
}

TEST(SamplerTest, FollowsTheCardsRangeAndOrder) {
  weights::Model model = colors();
  const Latent latent{{-1, 0, 0.5F}, {}};
  const std::vector<std::uint8_t> rgb{0, 128, 191, 0, 128, 191};
  EXPECT_EQ(Sampler(model, {.threads = 1}).image(latent).rgb, rgb);
  model.card.pixels.order = weights::ChannelOrder::kBgr;
  EXPECT_EQ(Sampler(model, {.threads = 1}).image(latent).rgb, (std::vector<std::uint8_t>{191, 128, 0, 191, 128, 0}));
  model.card.pixels = {.output_low = 0, .output_high = 1};
  EXPECT_EQ(Sampler(model, {.threads = 1}).image(latent).rgb, (std::vector<std::uint8_t>{0, 0, 128, 0, 0, 128}));
}

TEST(SamplerTest, MakesTheSameImageWhateverCameBefore) {
  Sampler sampler(model_of(models::deligan_generator({.width = 4, .latent = 10, .components = 7})), {.threads = 1});
  EXPECT_EQ(sampler.width(), 64);
  EXPECT_EQ(sampler.height(), 64);
  const image::Image first = sampler.image(draw(sampler.latent(), 4));
  const image::Image other = sampler.image(draw(sampler.latent(), 5));
  EXPECT_NE(first.rgb, other.rgb);
  EXPECT_EQ(sampler.image(draw(sampler.latent(), 4)).rgb, first.rgb);
}

TEST(SamplerTest, RefusesWhatItCannotRun) {
  EXPECT_THROW(Sampler(model_of(models::genga_lite({.width = 8}))), Error);
  weights::Model model = colors();
  model.card.pixels.output_high = -1;
  EXPECT_THROW(Sampler{model}, Error);
  Sampler broken(colors({1, 1, std::numeric_limits<float>::infinity(), 1, 1, 1}), {.threads = 1});
  EXPECT_THROW(broken.image({{0, 1, 0}, {}}), Error);
  EXPECT_THROW(broken.image({{0, 1}, {}}), Error);
}

TEST(ContactSheet, PutsImagesRowByRowOnWhite) {
  const auto dot = [](std::uint8_t level) { return image::Image{1, 1, {level, level, level}}; };
  const std::vector<image::Image> images{dot(1), dot(2), dot(3)};
  const image::Image sheet = contact_sheet(images, 2, 2);
  ASSERT_EQ(sheet.width, 3);
  ASSERT_EQ(sheet.height, 3);
  std::vector<int> green;
  for (std::size_t i = 1; i < sheet.rgb.size(); i += 3) green.push_back(sheet.rgb[i]);
  EXPECT_EQ(green, (std::vector<int>{1, 255, 2, 255, 255, 255, 3, 255, 255}));
}

TEST(ContactSheet, RefusesSheetsBeyondTheLimit) {
  const std::vector<image::Image> images{{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)}};
  EXPECT_THROW(contact_sheet(images, 100000, 100000), Error);
}

}  // namespace
}  // namespace genga::sample
