// The filter target, step by step: paint, grade, draw lines.
#include "train/filter_target/filter_target.h"

#include <cmath>
#include <numbers>

#include "genga/error.h"
#include "train/filter_target/filters.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kSkinSigma = 3;     // pixels: blur of the skin mask, or its border would show in a face
constexpr double kTextureSigma = 8;  // pixels: the neighbourhood that lines must stand out from
constexpr double kDetailFlow = 3;    // pixels: detail comes back where it is the same so far along the forms
constexpr double kDetailLow = 0.06, kDetailHigh = 0.16;  // luma: what is lost; below it is texture
constexpr double kPaleLow = 0.6, kPaleHigh = 0.95;       // luma: what is paler gains no light, or snow would blow out
constexpr double kColorless = 0.05;                      // differences of channels below this are no color to be raised
constexpr double kInkLight = 0.22;                       // ink is the color below it times this, a little violet

at::Tensor per_channel(float r, float g, float b, const at::Tensor& like) {
  return at::tensor({r, g, b}, like.options()).view({1, 3, 1, 1});
}

/// 1 where the structure of grey [N,1,H,W] runs in one direction over some pixels, 0 in texture: squared coherence of
/// the structure tensor. [N,1,H,W]
at::Tensor coherence(const at::Tensor& grey, double sigma) {
  const auto [dx, dy] = sobel(grey);
  const at::Tensor tensor = gaussian_blur(at::cat({dx.square(), dy.square(), dx * dy}, 1), sigma);  // [N,3,H,W]
  const at::Tensor xx = tensor.narrow(1, 0, 1), yy = tensor.narrow(1, 1, 1), xy = tensor.narrow(1, 2, 1);
  return ((xx - yy).square() + 4 * xy.square()) / ((xx + yy).square() + 1e-6);
}

/// 1 on skin tones, from the palest to the darkest: red over green over blue, hue between red and yellow, neither grey
/// nor vivid. [N,1,H,W]
at::Tensor skin(const at::Tensor& rgb) {
  const at::Tensor red = rgb.narrow(1, 0, 1), green = rgb.narrow(1, 1, 1), blue = rgb.narrow(1, 2, 1);
  const at::Tensor chroma = red - blue;
  const at::Tensor hue = (green - blue) / chroma.clamp_min(1e-3);  // 0 red, 1 yellow
  return smooth_step(hue, 0.05, 0.2) * (1 - smooth_step(hue, 0.6, 0.8)) * smooth_step(chroma, 0.02, 0.08) *
         (1 - smooth_step(chroma / (red + 0.02), 0.7, 0.9));
}

}  // namespace

std::vector<Option<PaintOptions>> PaintOptions::table() {
  using O = PaintOptions;
  constexpr std::string_view kGroup = kFilterTarget;
  return {
      {"paint_scale", kGroup, "the photo is painted so many times as large, then reduced: finer strokes, smooth edges",
       &O::paint_scale, 1, 4},
      {"paint_radius", kGroup, "brush radius in pixels", &O::paint_radius, 1, 32},
      {"flow_passes", kGroup, "how often strokes are drawn along the forms; 0: never", &O::flow_passes, 0, 16},
      {"flow_length", kGroup, "length of such strokes in pixels (sigma)", &O::flow_length, 0.5, 16},
      {"detail", kGroup, "how much of thin structures that the brush lost comes back", &O::detail, 0, 1},
      {"levels", kGroup, "steps of light; 0: continuous", &O::levels, 0, 256},
      {"level_mix", kGroup, "how strongly light is stepped", &O::level_mix, 0, 1},
      {"level_sharpness", kGroup, "how hard the steps are", &O::level_sharpness, 0.1, 100},
      {"brightness", kGroup, "how far shadows are lifted", &O::brightness, 0.01, 100},
      {"saturation", kGroup, "gain of pale colors", &O::saturation, 0, 10},
      {"skin_restraint", kGroup, "how much less light and color skin tones gain", &O::skin_restraint, 0, 1},
      {"warmth", kGroup, "tint: 1 warm, -1 cool", &O::warmth, -1, 1},
      {"style_colors", kGroup, "with measure_style: how far colors follow the style's", &O::style_colors, 0, 1},
  };
}

std::vector<Option<LineOptions>> LineOptions::table() {
  using O = LineOptions;
  constexpr std::string_view kGroup = kFilterTarget;
  return {
      {"line", kGroup, "darkness of drawn lines; 0: none", &O::line, 0, 1},
      {"line_width", kGroup, "width of drawn lines; 1: about 2 pixels of the painted size", &O::line_width, 0.5, 4},
      {"line_gain", kGroup, "gain before the line threshold", &O::line_gain, 0, 1000},
      {"line_threshold", kGroup, "higher gives fewer lines", &O::line_threshold, -10, 10},
      {"line_coherence_low", kGroup, "texture below this coherence gets no lines", &O::line_coherence_low, 0, 1},
      {"line_coherence_high", kGroup, "edges above this coherence get full lines", &O::line_coherence_high, 0, 1},
      {"line_light_low", kGroup, "lines fade where it is lighter than this", &O::line_light_low, 0, 2},
      {"line_light_high", kGroup, "no lines where it is lighter than this", &O::line_light_high, 0, 2},
      {"line_flow", kGroup, "lines are smoothed along the forms by this sigma in pixels; 0: not", &O::line_flow, 0, 16},
      {"line_texture", kGroup, "how far lines must stand out from what is around them", &O::line_texture, 0, 10},
  };
}

void LineOptions::check() const {
  const auto require = [](bool ok, std::string_view message) {
    if (!ok) fail(ErrorCode::kInvalidArgument, "{}", message);
  };
  require(line_coherence_low < line_coherence_high, "line_coherence_low: must be below line_coherence_high");
  require(line_light_low < line_light_high, "line_light_low: must be below line_light_high");
}

at::Tensor step_light(const at::Tensor& luma, int levels, double sharpness) {
  const at::Tensor scaled = luma * levels;
  const at::Tensor level = at::floor(scaled);
  const at::Tensor centre = (level + 0.5) / levels;
  return centre + at::tanh(sharpness * (scaled - level - 0.5)) / (2 * levels * std::tanh(sharpness / 2));
}

at::Tensor grade(const at::Tensor& rgb, const PaintOptions& p) {
  const at::Tensor light = luma(rgb);                                                    // [N,1,H,W]
  const at::Tensor restraint = p.skin_restraint * gaussian_blur(skin(rgb), kSkinSigma);  // [N,1,H,W]
  const at::Tensor freedom = (1 - restraint) * (1 - smooth_step(light, kPaleLow, kPaleHigh));
  at::Tensor lifted = at::log1p(p.brightness * light) / std::log1p(p.brightness);
  lifted = lifted - 0.035 * at::sin(kTurn * lifted);
  lifted = light + (lifted - light) * freedom;
  const at::Tensor chroma = rgb - light;
  const at::Tensor amount = chroma.abs().amax(1, true);
  const at::Tensor vividness = (amount * 2.2).clamp(0, 1);
  const at::Tensor gain = ((lifted + 0.02) / (light + 0.02)).clamp_max(2.0).pow(0.8 * (1 - 0.6 * vividness));
  const at::Tensor boost =
      1 + (p.saturation - 1) * (1 - vividness) * (1 - restraint) * smooth_step(amount, 0, kColorless);
  const at::Tensor shadow = (1 - lifted / 0.4).clamp(0, 1) * (1 - restraint);
  const at::Tensor tint = per_channel(1, 0, -2, rgb) * ((1 - restraint) * (0.1 * p.warmth));
  return ((0.03 * (1 - restraint) * (1 - lifted) + lifted + chroma * gain * boost +
           shadow * per_channel(0.012F, 0.008F, 0.045F, rgb)) *
          (1 + tint))
      .clamp(0, 1);
}

at::Tensor draw_lines(const at::Tensor& painted, const LineOptions& p) {
  const at::Tensor grey = gaussian_blur(luma(painted), 0.7);
  at::Tensor difference = gaussian_blur(grey, 1.0 * p.line_width) - gaussian_blur(grey, 1.6 * p.line_width);
  if (p.line_flow > 0) difference = smooth_along_flow_of(painted, difference, p.line_flow);
  at::Tensor minimum = at::full({}, p.line_threshold, grey.options());
  if (p.line_texture > 0) {
    minimum = minimum + p.line_texture * p.line_gain * gaussian_blur(difference.square(), kTextureSigma).sqrt();
  }
  const at::Tensor line = at::tanh(10 * (-p.line_gain * difference - minimum)).clamp_min(0);
  const at::Tensor straight = smooth_step(coherence(grey, 3.0), p.line_coherence_low, p.line_coherence_high);
  const at::Tensor dark = 1 - smooth_step(grey, p.line_light_low, p.line_light_high);
  return gaussian_blur(line * straight * dark, 0.5);
}

at::Tensor return_detail(const at::Tensor& photo, const at::Tensor& flat, double fraction) {
  const at::Tensor lost = luma(photo) - luma(flat);  // [N,1,H,W]
  const at::Tensor along = smooth_along_flow_of(photo, lost, kDetailFlow);
  const at::Tensor weight = smooth_step(along.abs(), kDetailLow, kDetailHigh);
  return (flat + (photo - flat) * gaussian_blur(weight, 0.7) * fraction).clamp(0, 1);
}

namespace {

/// What painting at this size gives. [N,3,H,W] -> [N,3,H,W]
at::Tensor paint_here(const at::Tensor& photo, const FilterTargetOptions& p, const StyleColors* style) {
  const at::Tensor painted = kuwahara(photo.contiguous(), p.paint_radius);
  at::Tensor flat = painted;
  if (p.flow_passes > 0) flat = smooth_along_flow(painted, {.passes = p.flow_passes, .length = p.flow_length});
  if (p.flatness > 0) flat = l0_smooth(flat, p.flatness);
  if (p.detail > 0) flat = return_detail(photo, flat, p.detail);
  if (p.levels > 0) {
    const at::Tensor light = luma(flat);
    flat = (flat + (step_light(light, p.levels, p.level_sharpness) - light) * p.level_mix).clamp(0, 1);
    flat = gaussian_blur(flat, 0.5);
  }
  const at::Tensor graded = style != nullptr ? grade_as(flat, *style) : grade(flat, p);
  if (p.line == 0) return graded;
  const at::Tensor ink = p.line * draw_lines(painted, p);
  if (style != nullptr) return graded * (1 - ink) + ink * style->ink.to(photo.device()).view({1, 3, 1, 1});
  return graded * (1 - ink) + ink * (graded * kInkLight) * per_channel(0.9F, 0.8F, 1.0F, photo);
}

}  // namespace

at::Tensor paint(const at::Tensor& photo, const FilterTargetOptions& p, const StyleColors* style) {
  const at::NoGradGuard no_grad;
  if (p.paint_scale == 1) return paint_here(photo, p, style);
  const std::int64_t h = photo.size(2), w = photo.size(3), scale = p.paint_scale;
  const at::Tensor large =
      at::upsample_bicubic2d(photo.contiguous(), {h * scale, w * scale}, /*align_corners=*/false).clamp(0, 1);
  return at::avg_pool2d(paint_here(large, p, style), scale);
}

}  // namespace genga::train
