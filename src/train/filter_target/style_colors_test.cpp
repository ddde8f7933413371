// Colors of a style: the cube, the palette, fills.
#include "train/filter_target/style_colors.h"

#include <gtest/gtest.h>

#include "train/filter_target/look.h"

namespace genga::train {
namespace {

at::Tensor color(float r, float g, float b) {
  return at::tensor({r, g, b});
}

/// Fixed pseudo-random colors in [0.1,0.9]. [1,3,n,n]
at::Tensor grain(std::int64_t n) {
  return 0.5 + 0.4 * at::sin(at::arange(3 * n * n, at::kDouble).square()).to(at::kFloat).view({1, 3, n, n});
}

at::Tensor colors_of_grain() {
  return measure_look(grain(96)).colors;
}

float largest(const at::Tensor& tensor) {
  return tensor.abs().max().item<float>();
}

TEST(ColorCube, LeavesColorsThatAreTheStylesAlready) {
  const StyleColors same{color_cube(colors_of_grain(), colors_of_grain(), 1), {}, 0, {}};
  EXPECT_LT(largest(grade_as(grain(32), same) - grain(32)), 0.01F);
}

TEST(ColorCube, MovesThemToTheStylesAndAsFarAsAsked) {
  const at::Tensor pale = 0.2 + 0.8 * colors_of_grain();
  const auto mean_error = [&](double strength) {
    const StyleColors style{color_cube(colors_of_grain(), pale, strength), {}, 0, {}};
    const at::Tensor wanted = grain(32) + strength * (0.2 - 0.2 * grain(32));
    return (grade_as(grain(32), style) - wanted).abs().mean().item<double>();
  };
  EXPECT_LT(mean_error(1), 0.03);
  EXPECT_LT(mean_error(0.5), 0.015);
  EXPECT_LT(mean_error(0), 1e-5);
}

TEST(ColorCube, TurnsTheHueOfGreyButHardlyThatOfColors) {
  const at::Tensor blue = 0.8 * colors_of_grain() + color(0, 0.05F, 0.2F);
  const StyleColors style{color_cube(colors_of_grain(), blue, 1), {}, 0, {}};
  const auto graded = [&](const at::Tensor& rgb) { return grade_as(rgb.view({1, 3, 1, 1}), style).flatten(); };
  const at::Tensor grey = graded(color(0.5F, 0.5F, 0.5F)), skin = graded(color(0.8F, 0.55F, 0.4F));
  EXPECT_GT((grey[2] - grey[0]).item<float>(), 0.1F);
  EXPECT_GT((skin[0] - skin[2]).item<float>(), 0);
}

TEST(ColorCube, GreyDrawingsMakeColorsGreyAndTurnNone) {
  const at::Tensor grey = colors_of_grain().mean(1, true).expand({-1, 3}).contiguous();
  const StyleColors style{color_cube(colors_of_grain(), grey, 1), {}, 0, {}};
  const at::Tensor graded = grade_as(grain(32), style);
  EXPECT_LT((graded.amax(1) - graded.amin(1)).mean().item<double>(), 0.12);  // of grain: 0.57
  const at::Tensor sky = grade_as(color(0.3F, 0.5F, 0.7F).view({1, 3, 1, 1}), style).flatten();
  EXPECT_GE(sky[2].item<float>(), sky[0].item<float>() - 0.02F);
}

TEST(PaletteOf, FindsTheColorsThatThereAre) {
  const at::Tensor red = color(0.9F, 0.1F, 0.1F), pale = color(0.9F, 0.9F, 0.8F), blue = color(0.1F, 0.2F, 0.6F);
  const at::Tensor palette = palette_of(at::stack({red, pale, pale, blue, red, pale}, 0).repeat({20, 1}), 8);
  ASSERT_EQ(palette.size(0), 3);
  for (const at::Tensor& wanted : {red, pale, blue}) {
    EXPECT_LT((palette - wanted).abs().amax(1).min().item<float>(), 1e-4F);
  }
}

TEST(GradeAs, FillsInStepsOfLight) {
  StyleColors style{color_cube(colors_of_grain(), colors_of_grain(), 1), {}, 1, {}};
  style.palette = at::stack({color(0.2F, 0.2F, 0.2F), color(0.8F, 0.8F, 0.8F)}, 0);
  const at::Tensor ramp = at::linspace(0.1, 0.9, 200).view({1, 1, 1, 200}).expand({1, 3, 1, 200});
  const auto n_flat = [](const at::Tensor& image) { return (image.diff(1, 3).abs() < 1e-3).sum().item<double>() / 3; };
  EXPECT_LT(n_flat(grade_as(ramp, {style.cube, {}, 0, {}})), 20);
  EXPECT_GT(n_flat(grade_as(ramp, style)), 80);
}

TEST(FitColorMap, DoesWhatTheStyleDoes) {
  StyleColors style{color_cube(colors_of_grain(), 0.2 + 0.8 * colors_of_grain(), 1), {}, 1, {}};
  style.palette = palette_of(colors_of_grain(), 12);
  const ColorMap map = fit_color_map(style, colors_of_grain(), 24);
  EXPECT_EQ(map.a.sizes(), (at::IntArrayRef{24, 3}));
  EXPECT_FALSE(map.a.requires_grad());
  const at::Tensor x = (2 * grain(32) - 1).view({3, -1}).t();
  const at::Tensor y = x + at::addmm(map.b_bias, at::tanh(at::addmm(map.a_bias, x, map.a.t())), map.b.t());
  const at::Tensor wanted = (2 * grade_as(grain(32), style) - 1).view({3, -1}).t();
  EXPECT_LT((y - wanted).abs().mean().item<double>(), 0.35 * (x - wanted).abs().mean().item<double>());
}

}  // namespace
}  // namespace genga::train
