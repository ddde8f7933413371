// What is measured of drawings, and that the filter target follows it.
#include "train/filter_target/look.h"

#include <gtest/gtest.h>

#include <cmath>

#include "genga/error.h"

namespace genga::train {
namespace {

at::Tensor color(float r, float g, float b) {
  return at::tensor({r, g, b});
}

/// Fills of two colors, with ink lines of `width` pixels between them every 32 pixels. [1,3,96,96]
at::Tensor drawing(int width, const at::Tensor& left, const at::Tensor& right, const at::Tensor& ink) {
  const at::Tensor x = at::arange(24, 24 + 96).view({1, 1, 1, 96}).expand({1, 3, 96, 96});
  const auto plane = [](const at::Tensor& rgb) { return rgb.view({1, 3, 1, 1}); };
  const at::Tensor fills = at::where(x.remainder(64) < 32, plane(left), plane(right));
  return at::where(x.remainder(32) < width, plane(ink), fills).contiguous();
}

/// Fixed pseudo-random colors in [0.1,0.9]. [1,3,n,n]
at::Tensor grain(std::int64_t n) {
  return 0.5 + 0.4 * at::sin(at::arange(3 * n * n, at::kDouble).square()).to(at::kFloat).view({1, 3, n, n});
}

float largest(const at::Tensor& tensor) {
  return tensor.abs().max().item<float>();
}

TEST(MeasureLook, SeesFillsAndBlackLines) {
  const Look look = measure_look(drawing(3, color(0.9F, 0.7F, 0.6F), color(0.5F, 0.8F, 0.9F), color(0.05F, 0, 0.1F)));
  EXPECT_GT(look.flat, 0.75);
  EXPECT_GT(look.lines, 0.9);
  EXPECT_LT(look.line_light, 0.1);
  EXPECT_NEAR(look.line_width, 3, 0.2);
  EXPECT_LT(largest(look.line_color - color(0.05F, 0, 0.1F)), 0.01F);
}

TEST(MeasureLook, SeesWhereThereAreNoLines) {
  const at::Tensor blue = color(0.2F, 0.3F, 0.8F);
  const Look look = measure_look(drawing(0, blue, color(0.9F, 0.9F, 0.2F), blue));
  EXPECT_EQ(look.lines, 0);
  EXPECT_EQ(look.line_light, 1);
  EXPECT_LT(measure_look(grain(96)).flat, 0.05);
}

TEST(MeasureLook, CountsRareColorsMoreThanTheirArea) {
  at::Tensor image = at::ones({1, 3, 100, 100});
  image.narrow(2, 0, 10).narrow(3, 0, 10).fill_(0);  // 1 %
  const Look look = measure_look(image);
  ASSERT_EQ(look.colors.sizes(), (at::IntArrayRef{kLookColors, 3}));
  EXPECT_NEAR(1 - look.colors.mean().item<double>(), 1 / (1 + std::pow(99, 0.6)), 0.005);
}

TEST(MeasureLook, RefusesSpecks) {
  EXPECT_THROW(measure_look(at::zeros({1, 3, 15, 40})), Error);
}

MeasuredTarget measured(const at::Tensor& style) {
  FilterTargetOptions options;
  options.paint_radius = 2;
  MeasuredTarget target(options);
  target.measure(measure_look(style), measure_look(grain(96)));
  return target;
}

TEST(MeasuredTargetTest, DrawsLinesOnlyForStylesThatHaveThem) {
  const at::Tensor pale = color(0.8F, 0.75F, 0.7F), grey = color(0.5F, 0.5F, 0.55F), ink = color(0, 0, 0);
  const at::Tensor photo = drawing(2, pale, grey, color(0.3F, 0.3F, 0.3F));
  const at::Tensor inked = measured(drawing(3, pale, grey, ink)).paint(photo);
  const at::Tensor plain = measured(drawing(0, pale, grey, ink)).paint(photo);
  const auto darkest = [](const at::Tensor& image) {
    return image.narrow(3, 16, 64).narrow(2, 16, 64).min().item<float>();
  };
  EXPECT_LT(darkest(inked), 0.15F);
  EXPECT_GT(darkest(plain), 0.25F);
}

TEST(MeasuredTargetTest, PaintsTheSameFromItsState) {
  const MeasuredTarget target = measured(drawing(3, color(0.9F, 0.7F, 0.6F), color(0.5F, 0.8F, 0.9F), color(0, 0, 0)));
  weights::TensorMap state;
  target.save(state, "look/");
  FilterTargetOptions options;
  options.paint_radius = 2;
  MeasuredTarget loaded(options);
  EXPECT_FALSE(loaded.is_measured());
  loaded.load(state, "look/");
  ASSERT_TRUE(loaded.is_measured());
  EXPECT_EQ(largest(loaded.paint(grain(48)) - target.paint(grain(48))), 0);

  state["look/palette"] = weights::make_tensor({4}, {1, 2, 3, 4});
  MeasuredTarget damaged(options);
  EXPECT_THROW(damaged.load(state, "look/"), Error);
}

}  // namespace
}  // namespace genga::train
