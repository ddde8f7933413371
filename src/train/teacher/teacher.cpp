#include "train/teacher/teacher.h"

#include <cmath>
#include <numbers>

#include "train/losses/content.h"
#include "train/teacher/filters.h"

namespace genga::train {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

at::Tensor per_channel(float r, float g, float b) {
  return at::tensor({r, g, b}).view({1, 3, 1, 1});
}

/// 1 where the structure runs in one direction over some pixels, 0 in texture. Squared, as it comes.
at::Tensor coherence(const at::Tensor& grey, double sigma) {
  const auto [dx, dy] = sobel(grey);
  const at::Tensor tensor = gaussian_blur(at::cat({dx.square(), dy.square(), dx * dy}, 1), sigma);  // [N,3,H,W]
  const at::Tensor xx = tensor.narrow(1, 0, 1), yy = tensor.narrow(1, 1, 1), xy = tensor.narrow(1, 2, 1);
  return ((xx - yy).square() + 4 * xy.square()) / ((xx + yy).square() + 1e-6);
}

}  // namespace

Painting painting_from(const RunConfig& c) {
  return {.paint_radius = c.paint_radius,
          .flatness = c.flatness,
          .levels = c.levels,
          .level_mix = c.level_mix,
          .level_sharpness = c.level_sharpness,
          .brightness = c.brightness,
          .saturation = c.saturation,
          .line = c.line,
          .line_gain = c.line_gain,
          .line_threshold = c.line_threshold,
          .line_coherence_low = c.line_coherence_low,
          .line_coherence_high = c.line_coherence_high};
}

at::Tensor step_light(const at::Tensor& luma, int levels, double sharpness) {
  const at::Tensor scaled = luma * levels;
  const at::Tensor level = at::floor(scaled);
  const at::Tensor centre = (level + 0.5) / levels;
  return centre + at::tanh(sharpness * (scaled - level - 0.5)) / (2 * levels * std::tanh(sharpness / 2));
}

at::Tensor grade(const at::Tensor& rgb, double brightness, double saturation) {
  const at::Tensor light = luma(rgb);  // [N,1,H,W]
  at::Tensor lifted = at::log1p(brightness * light) / std::log1p(brightness);
  lifted = lifted - 0.035 * at::sin(kTurn * lifted);
  const at::Tensor chroma = rgb - light;
  const at::Tensor vividness = (chroma.abs().amax(1, true) * 2.2).clamp(0, 1);
  const at::Tensor gain = ((lifted + 0.02) / (light + 0.02)).clamp_max(2.0).pow(0.8);
  const at::Tensor colour = chroma * gain * (1 + (saturation - 1) * (1 - vividness));
  const at::Tensor shadow = (1 - lifted / 0.4).clamp(0, 1);
  return (0.03 + 0.97 * lifted + colour + shadow * per_channel(0.012F, 0.008F, 0.045F)).clamp(0, 1);
}

at::Tensor draw_lines(const at::Tensor& rgb, const Painting& p) {
  const at::Tensor grey = gaussian_blur(luma(kuwahara(rgb, 3)), 0.5);
  const at::Tensor difference = gaussian_blur(grey, 1.0) - gaussian_blur(grey, 1.6);
  const at::Tensor line = at::tanh(10 * (-p.line_gain * difference - p.line_threshold)).clamp_min(0);
  return gaussian_blur(line * smooth_step(coherence(grey, 3.0), p.line_coherence_low, p.line_coherence_high), 0.4);
}

at::Tensor paint(const at::Tensor& photo, const Painting& p) {
  const at::NoGradGuard no_grad;
  const at::Tensor src = photo.contiguous();
  at::Tensor flat = kuwahara(src, p.paint_radius);
  if (p.flatness > 0) flat = l0_smooth(flat, p.flatness);
  if (p.levels > 0) {
    const at::Tensor light = luma(flat);
    flat = (flat + (step_light(light, p.levels, p.level_sharpness) - light) * p.level_mix).clamp(0, 1);
    flat = gaussian_blur(flat, 0.5);
  }
  const at::Tensor graded = grade(flat, p.brightness, p.saturation);
  if (p.line == 0) return graded;
  const at::Tensor ink = p.line * draw_lines(src, p);
  return graded * (1 - ink) + ink * (graded * 0.25) * per_channel(0.9F, 0.8F, 1.0F);
}

}  // namespace genga::train
