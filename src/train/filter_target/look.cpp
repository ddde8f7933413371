// Measures of drawings, and the constants of the filter target that follow from them.
#include "train/filter_target/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "genga/error.h"
#include "torchnet/convert.h"
#include "train/filter_target/filters.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

constexpr double kFlatSlope = 1.5 / 255;  // luma per pixel; below: flat
constexpr double kEdgeSlope = 0.05;       // above: a strong edge
constexpr std::int64_t kLineWindow = 5;   // pixels; what fits into it is thin
constexpr double kLineDepth = 0.15;       // luma by which a line is darker than what is around it

constexpr std::int64_t kBins = 12;     // of each channel, for how frequent a color is
constexpr double kRarity = 0.6;        // a color of n pixels counts as n to this power
constexpr std::int64_t kPalette = 28;  // colors of flat fills

double fraction_of(const at::Tensor& mask) {
  return mask.to(at::kDouble).mean().item<double>();
}

double step_between(double value, double low, double high) {
  const double t = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

at::Tensor slope(const at::Tensor& grey) {
  const auto [dx, dy] = sobel(grey);
  return (dx.square() + dy.square()).sqrt();
}

at::Tensor largest_of(const at::Tensor& plane, std::int64_t window) {
  return at::max_pool2d(plane, window, 1, window / 2);
}

/// kLookColors of the pixels; chance plays no part.
at::Tensor sample_colors(const at::Tensor& images) {
  const at::Tensor pixels = images.permute({0, 2, 3, 1}).reshape({-1, 3});
  const at::Tensor bin = (pixels * kBins).to(at::kLong).clamp(0, kBins - 1);
  const at::Tensor key = (bin.select(1, 0) * kBins + bin.select(1, 1)) * kBins + bin.select(1, 2);  // [S]
  const at::Tensor count = at::bincount(key, {}, kBins * kBins * kBins).to(at::kDouble);
  const at::Tensor sum = count.index_select(0, key).pow(kRarity - 1).cumsum(0);
  const at::Tensor places = (at::arange(kLookColors, at::kDouble) + 0.5) * (sum[-1].item<double>() / kLookColors);
  return pixels.index_select(0, at::searchsorted(sum, places).clamp_max(pixels.size(0) - 1));
}

}  // namespace

Look measure_look(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  if (images.size(2) < 16 || images.size(3) < 16) {
    fail(ErrorCode::kInvalidArgument, "images to measure: {} x {} pixels, expected at least 16 x 16", images.size(3),
         images.size(2));
  }
  const at::Tensor grey = luma(images);
  const at::Tensor slopes = slope(grey);
  // Closing: what is around thin dark lines.
  const at::Tensor around = -largest_of(-largest_of(grey, kLineWindow), kLineWindow);
  const at::Tensor depth = around - grey;
  const at::Tensor lines = (depth > kLineDepth).to(at::kFloat);
  const at::Tensor edges = (slopes > kEdgeSlope).to(at::kFloat);
  Look look;
  look.flat = fraction_of(slopes < kFlatSlope);
  look.lines = (edges * largest_of(lines, 3)).sum().item<double>() / std::max(1.0, edges.sum().item<double>());
  look.colors = sample_colors(images);
  look.line_color = at::zeros({3}, images.options());
  const double n = lines.sum().item<double>();
  if (n > 0) {
    look.line_light = (lines * grey / around.clamp_min(0.01)).sum().item<double>() / n;
    // Of a line's pixels, those at its border: two for each of its length.
    const at::Tensor inside = 1 - largest_of(1 - lines, 3);
    look.line_width = 2 * n / std::max(1.0, (lines - inside).sum().item<double>());
    const at::Tensor weight = lines * depth.square();
    look.line_color = (images * weight).sum(at::IntArrayRef{0, 2, 3}) / weight.sum().clamp_min(1e-6);
  }
  return look;
}

std::string MeasuredTarget::measure(const Look& style, const Look& photos) {
  FilterTargetOptions& o = options_;
  StyleColors& colors = colors_;
  colors.cube = color_cube(photos.colors, style.colors, o.style_colors);
  colors.palette = palette_of(style.colors, kPalette);
  colors.ink = style.line_color;
  colors.fill = step_between(style.flat, 0.5, 0.8);
  o.flatness = 0.004 + 0.012 * colors.fill;
  o.level_mix *= 1 - colors.fill;
  const double drawn = step_between(style.lines, 0.35, 0.65);
  o.line = std::clamp(drawn * 1.5 * (1 - style.line_light), 0.0, 1.0);
  o.line_width = std::clamp(0.4 * style.line_width * o.paint_scale, 0.7, 3.0);
  o.line_threshold = std::lerp(0.2, 0.02, step_between(style.lines, 0.4, 0.95));
  o.line_gain = 40 + 40 * drawn;
  // Ink is drawn on light fills too.
  const double black = drawn * step_between(1 - style.line_light, 0.45, 0.65);
  o.line_light_low += black;
  o.line_light_high += black;
  for (double* value : constants()) *value = static_cast<float>(*value);  // as save() keeps them
  return fmt::format(
      "measured of the style: {:.0f} % flat (photos {:.0f} %), {:.0f} % of edges are lines ({:.0f} %) of {:.1f} px and "
      "{:.0f} % light; so flatness {:.3f}, fills {:.2f} of {} colors, line {:.2f}, line_width {:.2f}, line_threshold "
      "{:.2f}",
      100 * style.flat, 100 * photos.flat, 100 * style.lines, 100 * photos.lines, style.line_width,
      100 * style.line_light, o.flatness, colors.fill, colors.palette.size(0), o.line, o.line_width, o.line_threshold);
}

at::Tensor MeasuredTarget::paint(const at::Tensor& photo) const {
  return train::paint(photo, options_, is_measured() ? &colors_ : nullptr);
}

/// All numbers that measure() sets, in the order in which save() writes them.
std::vector<double*> MeasuredTarget::constants() {
  FilterTargetOptions& o = options_;
  return {&colors_.fill,     &o.flatness,  &o.level_mix,      &o.line,           &o.line_width,
          &o.line_threshold, &o.line_gain, &o.line_light_low, &o.line_light_high};
}

void MeasuredTarget::save(weights::TensorMap& state, const std::string& prefix) const {
  if (!is_measured()) return;
  MeasuredTarget copy = *this;
  std::vector<float> values;
  for (const double* value : copy.constants()) values.push_back(static_cast<float>(*value));
  const auto n = static_cast<std::int64_t>(values.size());
  state[prefix + "constants"] = weights::make_tensor({n}, std::move(values));
  state[prefix + "cube"] = torchnet::from_torch(colors_.cube);
  state[prefix + "palette"] = torchnet::from_torch(colors_.palette);
  state[prefix + "ink"] = torchnet::from_torch(colors_.ink);
}

void MeasuredTarget::load(const weights::TensorMap& state, const std::string& prefix) {
  if (is_measured() || !state.contains(prefix + "cube")) return;
  const auto find = [&](const char* name, at::IntArrayRef shape) {
    const auto it = state.find(prefix + name);
    if (it == state.end()) fail(ErrorCode::kCorruptData, "training state: tensor '{}{}' is missing", prefix, name);
    at::Tensor tensor = torchnet::to_torch(it->second);
    bool fits = tensor.dim() == static_cast<std::int64_t>(shape.size());
    for (std::size_t i = 0; fits && i < shape.size(); ++i) {
      fits = shape[i] == tensor.size(static_cast<std::int64_t>(i)) || (shape[i] < 0 && tensor.numel() > 0);
    }
    if (!fits) {
      fail(ErrorCode::kCorruptData, "training state: tensor '{}{}' has shape {}, expected {} (-1: any)", prefix, name,
           c10::str(tensor.sizes()), c10::str(shape));
    }
    return tensor;
  };
  const std::vector<double*> numbers = constants();
  const at::Tensor values = find("constants", {static_cast<std::int64_t>(numbers.size())});
  StyleColors colors{find("cube", {1, 3, -1, -1, -1}), find("palette", {-1, 3}), 0, find("ink", {3})};
  for (std::size_t i = 0; i < numbers.size(); ++i) *numbers[i] = values[static_cast<std::int64_t>(i)].item<float>();
  colors.fill = colors_.fill;
  colors_ = std::move(colors);
}

}  // namespace genga::train
