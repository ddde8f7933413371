// DiffAugment and ADA: what they may change, that gradients pass twice, and how ADA's probability moves.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "genga/error.h"
#include "train/distributed/test_ranks.h"
#include "train/losses/gradient_penalty.h"
#include "train/parts/ada.h"
#include "train/parts/diff_augment.h"

namespace genga::train {
namespace {

at::Tensor drawn(std::int64_t n, std::int64_t side) {
  return at::sin(at::arange(n * 3 * side * side, at::kFloat) * 0.37F).view({n, 3, side, side});
}

at::Tensor augmented(const char* policy, const at::Tensor& images, std::int64_t step = 0) {
  StepContext context(1, step);
  return DiffAugment(policy)(images, context);
}

TEST(DiffAugment, EmptyPolicyChangesNothing) {
  EXPECT_TRUE(at::equal(augmented("", drawn(2, 8)), drawn(2, 8)));
}

TEST(DiffAugment, RefusesUnknownWords) {
  EXPECT_THROW(DiffAugment("translation,zoom"), Error);
}

TEST(DiffAugment, SameStepSameImagesOtherStepOthers) {
  const char* all = "color,translation,cutout";
  EXPECT_TRUE(at::equal(augmented(all, drawn(2, 16), 3), augmented(all, drawn(2, 16), 3)));
  EXPECT_FALSE(at::equal(augmented(all, drawn(2, 16), 3), augmented(all, drawn(2, 16), 4)));
}

TEST(DiffAugment, TranslationShiftsAnEighthAtMostAndFillsWithBlack) {
  const at::Tensor shifted = augmented("translation", at::ones({64, 3, 16, 16}));
  std::set<double> heights;
  for (std::int64_t i = 0; i < 64; ++i) {
    const double rows = shifted[i][0].amax({1}).sum().item<double>(),
                 columns = shifted[i][0].amax({0}).sum().item<double>();
    EXPECT_GE(rows, 14);
    EXPECT_GE(columns, 14);
    EXPECT_EQ(shifted[i][0].sum().item<double>(), rows * columns) << "one rectangle stays";
    heights.insert(rows);
  }
  EXPECT_EQ(heights, (std::set<double>{14, 15, 16}));
}

TEST(DiffAugment, CutoutTakesASquareOfHalfTheSide) {
  const at::Tensor cut = augmented("cutout", at::ones({64, 3, 16, 16}));
  double largest = 0;
  for (std::int64_t i = 0; i < 64; ++i) {
    const double hole = 256 - cut[i][1].sum().item<double>();
    EXPECT_GE(hole, 16) << "at a corner a quarter of it is left";
    EXPECT_LE(hole, 64);
    largest = std::max(largest, hole);
  }
  EXPECT_EQ(largest, 64);
}

TEST(DiffAugment, ColorKeepsGreyGrey) {
  const at::Tensor grey = drawn(4, 8).narrow(1, 0, 1).expand({-1, 3, -1, -1});
  const at::Tensor changed = augmented("color", grey);
  EXPECT_LT((changed.select(1, 0) - changed.select(1, 2)).abs().max().item<float>(), 1e-5F);
  EXPECT_GT((changed - grey).abs().max().item<float>(), 0.05F);
}

/// The penalty of a quadratic discriminator behind an augmentation is finite and has a gradient.
template <class Augment>
void expect_twice_differentiable(const Augment& augment) {
  const at::Tensor w = at::ones({1}).set_requires_grad(true);
  const at::Tensor penalty =
      r1_penalty([&](const at::Tensor& x) { return (w * augment(x)).square().sum({1, 2, 3}); }, drawn(2, 16));
  penalty.backward();
  EXPECT_GT(penalty.item<double>(), 0);
  // The penalty is a fourth power of w: its slope at 1 is four times its value.
  EXPECT_NEAR(w.grad().item<double>(), 4 * penalty.item<double>(), 1e-3 * penalty.item<double>());
}

TEST(DiffAugment, IsTwiceDifferentiable) {
  expect_twice_differentiable([](const at::Tensor& x) { return augmented("translation,cutout", x); });
}

TEST(Ada, AtProbabilityZeroChangesNothing) {
  StepContext context(1, 0);
  EXPECT_TRUE(at::equal(augment_bgc(drawn(3, 17), 0, context), drawn(3, 17)));
}

TEST(Ada, AtProbabilityOneChangesEveryImageInItsOwnWay) {
  StepContext a(1, 0), b(1, 0);
  const at::Tensor same = drawn(1, 16).repeat({4, 1, 1, 1});
  const at::Tensor changed = augment_bgc(same, 1, a);
  EXPECT_TRUE(at::isfinite(changed).all().item<bool>());
  for (std::int64_t i = 1; i < 4; ++i) EXPECT_GT((changed[i] - changed[0]).abs().max().item<float>(), 0.1F);
  EXPECT_TRUE(at::equal(changed, augment_bgc(same, 1, b)));
}

TEST(Ada, FlatGreyStaysFlatGrey) {
  StepContext context(1, 0);
  const at::Tensor changed = augment_bgc(at::full({8, 3, 16, 16}, 0.2F), 1, context);
  const at::Tensor spread = std::get<0>(changed.flatten(1).max(1)) - std::get<0>(changed.flatten(1).min(1));
  EXPECT_LT(spread.max().item<float>(), 1e-5F);
  EXPECT_GT((changed - 0.2).abs().max().item<float>(), 0.05F) << "but not as light";
}

TEST(Ada, TakesGreyImagesToo) {
  StepContext a(1, 0), b(1, 0);
  const at::Tensor grey = drawn(4, 16).narrow(1, 0, 1);
  const at::Tensor changed = augment_bgc(grey, 1, a);
  const at::Tensor of_three = augment_bgc(grey.expand({-1, 3, -1, -1}), 1, b);
  EXPECT_LT((changed - of_three.mean({1}, true)).abs().max().item<float>(), 1e-5F);
}

TEST(Ada, IsTwiceDifferentiable) {
  expect_twice_differentiable([](const at::Tensor& x) {
    StepContext context(1, 2);
    return augment_bgc(x, 1, context);
  });
}

TEST(Ada, FollowsTheDiscriminatorsCertainty) {
  Ada ada({.target = 0.6, .ramp_images = 1000, .every = 4});
  World alone;
  const auto steps = [&](int n, const at::Tensor& logits, std::int64_t batch) {
    for (int i = 0; i < n; ++i) {
      ada.observe(logits);
      ada.end_step(batch, alone);
    }
  };
  const at::Tensor sure = at::ones({8}), unsure = at::tensor({1.0F, -1.0F});
  steps(3, sure, 10);
  EXPECT_EQ(ada.probability(), 0);
  steps(1, sure, 10);
  EXPECT_NEAR(ada.probability(), 40 / 1000.0, 1e-7);
  steps(4, unsure, 5);
  EXPECT_NEAR(ada.probability(), 20 / 1000.0, 1e-7);
  steps(8, unsure, 100);
  EXPECT_EQ(ada.probability(), 0);
}

TEST(Ada, GoesOneWayAStepHoweverManyDiscriminatorsThereAre) {
  Ada one({.ramp_images = 1000}), three({.ramp_images = 1000});
  World alone;
  for (int i = 0; i < 4; ++i) {
    one.observe(at::ones({8}));
    one.end_step(10, alone);
    for (int discriminator = 0; discriminator < 3; ++discriminator) three.observe(at::ones({8}));
    three.end_step(10, alone);
  }
  EXPECT_NEAR(one.probability(), 40 / 1000.0, 1e-7);
  EXPECT_EQ(three.probability(), one.probability());
  for (int i = 0; i < 4; ++i) {  // two of three are unsure
    for (const float logit : {1.0F, -1.0F, -1.0F}) three.observe(at::full({8}, logit));
    three.end_step(10, alone);
  }
  EXPECT_EQ(three.probability(), 0);
}

TEST(Ada, RestsInStepsWithoutDiscriminators) {
  Ada ada({.ramp_images = 10});
  World alone;
  for (int i = 0; i < 20; ++i) ada.end_step(10, alone);
  ada.observe(at::ones({8}));
  ada.end_step(10, alone);
  EXPECT_EQ(ada.probability(), 0);  // the first of four steps that count
}

// One of two ranks, started by the test below.
TEST(AsRank, DISABLED_FollowsAllRanksDiscriminators) {
  World world = join_world({});
  ASSERT_EQ(world.count(), 2);
  Ada ada({.ramp_images = 1000});
  weights::TensorMap state;
  for (int i = 0; i < 6; ++i) {
    ada.observe(world.rank() == 0 ? at::ones({4}) : at::full({4}, 0.3F));
    ada.end_step(10, world);
  }
  EXPECT_NEAR(ada.probability(), 40 / 1000.0, 1e-7);
  for (int i = 0; i < 6; ++i) {  // alone the first would go up, the second down
    ada.observe(world.rank() == 0 ? at::ones({4}) : at::full({4}, -1.0F));
    ada.end_step(10, world);
  }
  ada.save(state, "");
  world.expect_same("state of ADA", fmt::format("{}", fmt::join(state.at("ada").to_f32(), " ")));
  EXPECT_EQ(ada.probability(), 0);
}

TEST(Ada, IsTheSameOnAllRanks) {
  for (const RankResult& rank : run_test_on_ranks(2, "FollowsAllRanksDiscriminators")) {
    EXPECT_EQ(rank.status, 0) << rank.output;
    EXPECT_NE(rank.output.find("[  PASSED  ] 1 test"), std::string::npos) << rank.output;
  }
}

TEST(Ada, ResumesExactly) {
  Ada through, before, after;
  World alone;
  weights::TensorMap state;
  for (int step = 0; step < 30; ++step) {
    const at::Tensor logits = drawn(1, 4) + 0.4;
    through.observe(logits);
    through.end_step(6, alone);
    if (step == 13) {
      before.save(state, "x/");
      after.load(state, "x/");
    }
    Ada& ada = step < 13 ? before : after;
    ada.observe(logits);
    ada.end_step(6, alone);
  }
  EXPECT_EQ(through.probability(), after.probability());
  EXPECT_THROW(after.load({}, "x/"), Error);
}

}  // namespace
}  // namespace genga::train
