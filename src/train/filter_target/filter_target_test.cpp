// The filters of the filter target one by one, and the whole of it.
#include "train/filter_target/filter_target.h"

#include <gtest/gtest.h>

#include "train/filter_target/filters.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

float largest(const at::Tensor& tensor) {
  return tensor.abs().max().item<float>();
}
double average(const at::Tensor& tensor) {
  return tensor.mean().item<double>();
}

/// Left half dark, right half bright, with a fixed pseudo-random grain. [1,3,48,48]
at::Tensor noisy_step(float grain) {
  const at::Tensor x = at::arange(48, at::kFloat).view({1, 1, 1, 48}).expand({1, 3, 48, 48});
  const at::Tensor noise = at::sin(at::arange(3 * 48 * 48, at::kFloat).square()).view({1, 3, 48, 48});
  return (at::where(x < 24, at::full({}, 0.2F), at::full({}, 0.7F)) + grain * noise).contiguous();
}

double roughness(const at::Tensor& image) {
  return gradient_l1(image, at::zeros_like(image)).item<double>();
}

TEST(GaussianBlur, KeepsFlatColorAndTotalLight) {
  EXPECT_LT(largest(gaussian_blur(at::full({2, 3, 9, 9}, 0.4F), 1.5) - 0.4), 1e-6F);
  at::Tensor dot = at::zeros({1, 1, 21, 21});
  dot.index_put_({0, 0, 10, 10}, 1.0F);
  EXPECT_NEAR(gaussian_blur(dot, 1.5).sum().item<double>(), 1, 1e-5);
}

TEST(Sobel, MeasuresTheSlopeOfARamp) {
  const at::Tensor ramp = (0.1 * at::arange(9, at::kFloat)).view({1, 1, 1, 9}).expand({1, 1, 9, 9}).contiguous();
  const auto [dx, dy] = sobel(ramp);
  EXPECT_NEAR(dx.index({0, 0, 4, 4}).item<double>(), 0.1, 1e-6);
  EXPECT_NEAR(dy.index({0, 0, 4, 4}).item<double>(), 0, 1e-6);
}

TEST(SmoothStep, RunsFromZeroToOne) {
  const at::Tensor y = smooth_step(at::tensor({-1.0F, 0.2F, 0.4F, 0.6F, 9.0F}), 0.2, 0.6);
  EXPECT_LT(largest(y - at::tensor({0.0F, 0.0F, 0.5F, 1.0F, 1.0F})), 1e-6F);
}

TEST(Kuwahara, RemovesGrainButKeepsTheEdge) {
  const at::Tensor src = noisy_step(0.05F), dst = kuwahara(src, 4);
  EXPECT_LT(roughness(dst), 0.4 * roughness(src));
  const at::Tensor row = dst.index({0, 1, 24});
  EXPECT_GT(row.index({25}).item<double>() - row.index({22}).item<double>(), 0.4);
}

TEST(L0Smooth, FlattensGrainAndKeepsTheStep) {
  const at::Tensor src = noisy_step(0.03F), dst = l0_smooth(src, 0.01);
  EXPECT_LT(roughness(dst), 0.3 * roughness(src));
  EXPECT_NEAR(average(dst.narrow(3, 28, 12)) - average(dst.narrow(3, 8, 12)), 0.5, 0.02);
}

TEST(StepLight, KeepsLevelCentresAndContinuity) {
  const at::Tensor light = at::linspace(0.01, 0.99, 2000);
  const at::Tensor stepped = step_light(light, 7, 3.5);
  EXPECT_NEAR(step_light(at::tensor({0.5F / 7}), 7, 3.5).item<double>(), 0.5 / 7, 1e-6);
  EXPECT_LT(largest(stepped.diff()), 0.01F);  // soft borders: no jump
  EXPECT_LT(largest(stepped - light), 0.5F / 7);
}

TEST(Grade, KeepsGreyGreyAndLiftsIt) {
  const FilterTargetOptions painting;
  const at::Tensor grey = at::full({1, 3, 4, 4}, 0.5F), graded = grade(grey, painting);
  EXPECT_LT(largest(graded.narrow(1, 0, 1) - graded.narrow(1, 2, 1)), 1e-3F);
  EXPECT_GT(average(graded), 0.5);
}

TEST(Grade, NeitherLightensWhatIsPaleNorColorsGrey) {
  const FilterTargetOptions painting;
  const at::Tensor snow = at::full({1, 3, 4, 4}, 0.96F);
  EXPECT_NEAR(average(grade(snow, painting)), 0.96, 0.003);
  const at::Tensor fog = at::tensor({0.70F, 0.71F, 0.715F}).view({1, 3, 1, 1});
  EXPECT_LT(largest(grade(fog, painting) - luma(grade(fog, painting))), 1.3 * largest(fog - luma(fog)));
}

TEST(Grade, GivesSkinLessColorThanLeaves) {
  const FilterTargetOptions painting;
  const auto gain = [&](float r, float g, float b) {
    const at::Tensor rgb = at::tensor({r, g, b}).view({1, 3, 1, 1});
    const auto chroma = [](const at::Tensor& t) { return largest(t - luma(t)); };
    return chroma(grade(rgb, painting)) / chroma(rgb);
  };
  EXPECT_LT(gain(0.75F, 0.6F, 0.5F), gain(0.5F, 0.6F, 0.45F));
}

TEST(DrawLines, DrawsAlongADarkStrokeAndNotOnFlatPaint) {
  const FilterTargetOptions painting;
  at::Tensor image = at::full({1, 3, 48, 48}, 0.55F);
  image.narrow(3, 23, 2).fill_(0.2F);
  const at::Tensor lines = draw_lines(image, painting);
  EXPECT_GT(lines.index({0, 0, 24, 23}).item<double>(), 0.3);
  EXPECT_LT(largest(lines.narrow(3, 0, 16)), 1e-3F);
}

TEST(Grade, KeepsTheLightOfSkinFromPaleToDark) {
  FilterTargetOptions painting;
  painting.skin_restraint = 1;
  for (const auto& [r, g, b] : {std::tuple{0.9F, 0.75F, 0.65F}, std::tuple{0.35F, 0.22F, 0.14F}}) {
    const at::Tensor rgb = at::tensor({r, g, b}).view({1, 3, 1, 1}).expand({1, 3, 8, 8}).contiguous();
    EXPECT_NEAR(average(luma(grade(rgb, painting))), average(luma(rgb)), 0.03);
  }
}

TEST(Grade, WarmthAddsRedAndTakesBlue) {
  FilterTargetOptions painting;
  const at::Tensor grey = at::full({1, 3, 4, 4}, 0.6F), neutral = grade(grey, painting);
  painting.warmth = 1;
  const at::Tensor warm = grade(grey, painting);
  EXPECT_GT(average(warm.narrow(1, 0, 1)), average(neutral.narrow(1, 0, 1)) + 0.03);
  EXPECT_LT(average(warm.narrow(1, 2, 1)), average(neutral.narrow(1, 2, 1)) - 0.06);
}

TEST(DrawLines, AlongTheFlowAreEven) {
  FilterTargetOptions painting;
  painting.line_texture = painting.line_flow = 0;
  at::Tensor image = at::full({1, 3, 64, 64}, 0.55F);  // a stroke of 2 px along the diagonal, of changing darkness
  for (std::int64_t i = 0; i < 63; ++i) image.narrow(2, i, 1).narrow(3, i, 2).fill_(i % 6 < 3 ? 0.3F : 0.4F);
  const auto unevenness = [&] {
    const at::Tensor ink = draw_lines(image, painting).index({0, 0}).diagonal().narrow(0, 16, 32);
    EXPECT_GT(average(ink), 0.05);
    return ink.std(false).item<double>() / average(ink);
  };
  const double without = unevenness();
  painting.line_flow = 3;
  EXPECT_LT(unevenness(), 0.7 * without);
}

TEST(DrawLines, OfTextureNeedMoreThanALineOfItsOwn) {
  FilterTargetOptions painting;
  at::Tensor stripes = at::full({1, 3, 64, 64}, 0.5F), one = stripes.clone();
  one.narrow(3, 32, 2).fill_(0.2F);
  for (std::int64_t x = 0; x < 64; x += 6) stripes.narrow(3, x + 2, 2).fill_(0.2F);
  const auto ink = [&](const at::Tensor& image) { return draw_lines(image, painting).amax().item<double>(); };
  painting.line_texture = 2;
  EXPECT_GT(ink(one), 0.3);
  EXPECT_LT(ink(stripes), 0.5 * ink(one));
}

/// A pale sky with a wire of one pixel and faint grain. [1,3,64,64]
at::Tensor sky_with_wire() {
  const at::Tensor grain = at::sin(at::arange(64 * 64, at::kFloat).square()).view({1, 1, 64, 64});
  at::Tensor image = (0.75 + 0.02 * grain).expand({1, 3, 64, 64}).contiguous();
  image.narrow(2, 31, 1).fill_(0.25F);
  return image;
}

TEST(FilterTarget, DetailBringsWiresBackAndNotGrain) {
  FilterTargetOptions painting;
  painting.paint_scale = 2;
  painting.line = 0;
  const auto depth = [](const at::Tensor& image) {
    const at::Tensor grey = luma(image).index({0, 0});
    return average(grey.select(0, 24)) - average(grey.select(0, 31));
  };
  const double without = depth(paint(sky_with_wire(), painting));
  painting.detail = 1;
  const at::Tensor painted = paint(sky_with_wire(), painting);
  EXPECT_GT(depth(painted), 0.28);
  EXPECT_GT(depth(painted), without);
  const auto sky = [](const at::Tensor& image) { return image.narrow(2, 4, 20).narrow(3, 4, 56); };
  EXPECT_LT(roughness(sky(painted)), 0.3 * roughness(sky(sky_with_wire())));
}

TEST(FilterTarget, PaintedLargerHasFinerStrokesInTheSameSize) {
  FilterTargetOptions painting;
  const at::Tensor photo = noisy_step(0.05F).clamp(0, 1);
  const at::Tensor once = paint(photo, painting);
  painting.paint_scale = 2;
  const at::Tensor twice = paint(photo, painting);
  EXPECT_EQ(twice.sizes(), photo.sizes());
  EXPECT_GE(twice.min().item<float>(), 0);
  EXPECT_LE(twice.max().item<float>(), 1);
  EXPECT_GT(largest(once - twice), 0.01F);
}

TEST(SmoothAlongFlow, TreatsEveryImageOfABatchByItself) {
  const at::Tensor a = noisy_step(0.05F).clamp(0, 1), b = a.transpose(2, 3).contiguous();
  const at::Tensor both = smooth_along_flow(at::cat({a, b}), {});
  EXPECT_EQ(largest(both.narrow(0, 1, 1) - smooth_along_flow(b, {})), 0);
  EXPECT_LT(roughness(both.narrow(0, 0, 1)), 0.7 * roughness(a));
}

TEST(FilterTarget, PaintsEveryImageWithinRangeAndWithoutGradient) {
  const FilterTargetOptions painting;
  const at::Tensor photo = noisy_step(0.05F).clamp(0, 1).set_requires_grad(true);
  const at::Tensor painted = paint(photo, painting);
  EXPECT_EQ(painted.sizes(), photo.sizes());
  EXPECT_FALSE(painted.requires_grad());
  EXPECT_GE(painted.min().item<float>(), 0);
  EXPECT_LE(painted.max().item<float>(), 1);
}

TEST(FilterTarget, PaintsAImageTheSameInAnyBatch) {
  const FilterTargetOptions painting;
  const at::Tensor a = noisy_step(0.05F).clamp(0, 1), b = a.flip(3).contiguous();
  EXPECT_LT(largest(paint(at::cat({a, b}), painting).narrow(0, 1, 1) - paint(b, painting)), 1e-5F);
}

TEST(FilterTarget, LeavesOutWhatIsSwitchedOff) {
  FilterTargetOptions painting;
  painting.flatness = 0;
  painting.levels = 0;
  painting.flow_passes = 0;
  painting.line = 0;
  const at::Tensor photo = noisy_step(0.05F).clamp(0, 1);
  EXPECT_LT(largest(paint(photo, painting) - grade(kuwahara(photo, painting.paint_radius), painting)), 1e-6F);
}

}  // namespace
}  // namespace genga::train
