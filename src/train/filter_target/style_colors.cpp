// Sliced optimal transport of colors, k-means, and their use on images.
#include "train/filter_target/style_colors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <vector>

#include "train/filter_target/filter_target.h"
#include "train/filter_target/filters.h"

namespace genga::train {
namespace {

constexpr double kChroma = 1.3;         // hue and saturation weigh more than luma
constexpr int kDirectionCount = 90;     // of the transport
constexpr std::int64_t kCube = 17;      // colors along each edge of the cube
constexpr double kNearby = 0.1;         // colors so near move together (sigma)
constexpr double kEnough = 0.002;       // fraction of all colors nearby from which on only these count
constexpr double kKeptHue = 0.35;       // how far colors keep their hue in the cube,
constexpr double kKeptHueOfFill = 0.5;  // and in fills
constexpr double kVivid = 0.06;         // chroma from which on they do; grey takes the style's hue
constexpr double kKeptChroma = 0.75;    // fraction of it that stays at least, each time
constexpr double kColored = 0.08;       // mean chroma of drawings that are not nearly grey

constexpr int kPasses = 20;              // of k-means
constexpr double kRarest = 0.003;        // fraction of the sample; rarer colors make no fill
constexpr int kFillLevels = 4;           // steps of light
constexpr double kFillSharpness = 8;     // of their borders
constexpr double kFillSoftness = 0.06;   // distance of colors over which fills blend (sigma)
constexpr std::int64_t kFitGrid = 14;    // colors along each edge that the color map is fitted to,
constexpr int kFitSteps = 1200;          // in so many steps
constexpr double kFitRate = 0.03;        // of this rate
constexpr double kLumaOfPalette = 0.25;  // weight of luma (squared) when a color of the palette is chosen

/// Luma, and how red and blue differ from it, weighted: distances in it are about those of the eye. [S,3] -> [S,3]
at::Tensor to_opponent(const at::Tensor& rgb) {
  const at::Tensor light = (rgb * at::tensor({0.299F, 0.587F, 0.114F}, rgb.options())).sum(1, true);
  return at::cat({light, kChroma * (rgb.narrow(1, 0, 1) - light), kChroma * (rgb.narrow(1, 2, 1) - light)}, 1);
}

at::Tensor from_opponent(const at::Tensor& opponent) {
  const at::Tensor light = opponent.narrow(1, 0, 1);
  const at::Tensor red = light + opponent.narrow(1, 1, 1) / kChroma, blue = light + opponent.narrow(1, 2, 1) / kChroma;
  return at::cat({red, (light - 0.299 * red - 0.114 * blue) / 0.587, blue}, 1);
}

/// How far the style is colored: 0 for grey drawings, 1 from kColored on. colors: opponent.
double colorfulness(const at::Tensor& colors) {
  return std::min(1.0, colors.narrow(1, 1, 2).norm(2, {1}).mean().item<double>() / kColored);
}

/// `after` [S,3] with the hue turned back towards that of `before`, which counts alone where `after` is grey, and with
/// at least a fraction of its chroma. Both opponent.
at::Tensor keep_hue(const at::Tensor& before, const at::Tensor& after, double hue, double chroma) {
  const at::Tensor from = before.narrow(1, 1, 2), to = after.narrow(1, 1, 2);
  const at::Tensor from_chroma = from.norm(2, {1}, true), to_chroma = to.norm(2, {1}, true);
  const at::Tensor kept = 1 - (1 - smooth_step(from_chroma, 0, kVivid) * hue) * smooth_step(to_chroma, 0, kVivid);
  const at::Tensor direction = kept * from / from_chroma.clamp_min(1e-4) + (1 - kept) * to / to_chroma.clamp_min(1e-4);
  const at::Tensor unit = direction / direction.norm(2, {1}, true).clamp_min(1e-4);
  return at::cat({after.narrow(1, 0, 1), unit * at::maximum(to_chroma, chroma * from_chroma)}, 1);
}

/// Weights of each row that sum to 1 and fall with the squared distance. Far ones stop at e^-60: denormal numbers are
/// slow.
at::Tensor nearness(const at::Tensor& squared, double sigma) {
  const at::Tensor nearest = std::get<0>(squared.min(1, true));
  return at::softmax(-((squared - nearest) / (2 * sigma * sigma)).clamp_max(60), 1);
}

/// Directions that cover the half sphere evenly. [n,3]
at::Tensor even_directions(int n) {
  const at::Tensor i = at::arange(n, at::kFloat);
  const at::Tensor z = 1 - (i + 0.5) / n, radius = (1 - z.square()).sqrt();
  const at::Tensor turn = i * (std::numbers::pi * (3 - std::sqrt(5.0)));
  return at::stack({radius * at::cos(turn), radius * at::sin(turn), z}, 1);
}

/// How far each of `from` [S,3] moves so that all together lie as `to` [S,3] do. Neighbouring directions differ much
/// in order, so that no axis comes last.
at::Tensor transport(const at::Tensor& from, const at::Tensor& to) {
  const at::Tensor directions = even_directions(kDirectionCount);
  at::Tensor moved = from.clone();
  for (int i = 0; i < kDirectionCount; ++i) {
    const at::Tensor direction = directions[(i * 37) % kDirectionCount];
    const at::Tensor along = at::matmul(moved, direction);
    const at::Tensor wanted = std::get<0>(at::matmul(to, direction).sort(0));
    const at::Tensor rank = along.argsort(0, false);
    const at::Tensor target = at::empty_like(along).index_copy(0, rank, wanted);
    moved = moved + at::outer(target - along, direction);
  }
  return moved - from;
}

}  // namespace

at::Tensor color_cube(const at::Tensor& photo_colors, const at::Tensor& style_colors, double strength) {
  const at::NoGradGuard no_grad;
  const at::Tensor from = to_opponent(photo_colors);
  const at::Tensor style = to_opponent(style_colors);
  const at::Tensor move = transport(from, style);  // [S,3]
  const at::Tensor edge = at::linspace(0, 1, kCube);
  const std::vector<at::Tensor> grid = at::meshgrid({edge, edge, edge}, "ij");  // blue, green, red
  const at::Tensor nodes = to_opponent(at::stack({grid[2].flatten(), grid[1].flatten(), grid[0].flatten()}, 1));
  const at::Tensor squared = at::cdist(nodes, from).square();  // [G^3,S]
  const at::Tensor weight = at::exp(squared / (-2 * kNearby * kNearby));
  const at::Tensor total = weight.sum(1, true);
  const at::Tensor near = at::matmul(weight, move) / (total + 1e-9);
  // Colors that no photo has go with the nearest that one has.
  const at::Tensor far = at::matmul(nearness(squared, 2 * kNearby), move);
  const at::Tensor sure = (total / (kEnough * static_cast<double>(from.size(0)))).clamp_max(1);
  const at::Tensor moved =
      keep_hue(nodes, nodes + far + (near - far) * sure, kKeptHue, kKeptChroma * colorfulness(style));
  const at::Tensor cube = from_opponent(nodes + strength * (moved - nodes)).clamp(0, 1);
  return cube.t().reshape({1, 3, kCube, kCube, kCube}).contiguous();
}

at::Tensor palette_of(const at::Tensor& colors, std::int64_t k) {
  const at::NoGradGuard no_grad;
  const at::Tensor places = to_opponent(colors);  // [S,3]
  // Starts: the mean, then always what lies farthest from all before.
  at::Tensor centres = places.mean(0, true);
  for (std::int64_t i = 1; i < std::min(k, places.size(0)); ++i) {
    const at::Tensor distance = std::get<0>(at::cdist(places, centres).min(1));
    centres = at::cat({centres, places.index_select(0, distance.argmax().view({1}))});
  }
  at::Tensor counts;
  for (int pass = 0; pass < kPasses; ++pass) {
    const at::Tensor nearest = at::cdist(places, centres).argmin(1);  // [S]
    counts = at::zeros({centres.size(0)}).index_add(0, nearest, at::ones({places.size(0)}));
    const at::Tensor sums = at::zeros_like(centres).index_add(0, nearest, places);
    centres = at::where((counts > 0).unsqueeze(1), sums / counts.clamp_min(1).unsqueeze(1), centres);
  }
  const at::Tensor frequent = (counts >= kRarest * static_cast<double>(places.size(0))).nonzero().squeeze(1);
  return from_opponent(frequent.size(0) > 0 ? centres.index_select(0, frequent) : centres).clamp(0, 1);
}

at::Tensor grade_as(const at::Tensor& rgb, const StyleColors& style) {
  const std::int64_t n = rgb.size(0), h = rgb.size(2), w = rgb.size(3);
  const at::Tensor pixels = rgb.permute({0, 2, 3, 1});  // [N,H,W,3]
  const at::Tensor moved =
      at::grid_sampler_3d(style.cube.to(rgb.device()).expand({n, -1, -1, -1, -1}), (2 * pixels - 1).unsqueeze(1),
                          /*interpolation_mode=*/0, /*padding_mode=*/1, /*align_corners=*/true)
          .squeeze(2);  // trilinear; border
  if (style.fill == 0) return moved;
  const at::Tensor color = to_opponent(moved.permute({0, 2, 3, 1}).reshape({-1, 3}));  // [S,3]
  const at::Tensor palette = to_opponent(style.palette.to(rgb.device()));              // [K,3]
  const at::Tensor weights = at::tensor({std::sqrt(kLumaOfPalette), 1.0, 1.0}, color.options());
  const at::Tensor squared = at::cdist(color * weights, palette * weights).square();
  const at::Tensor near = at::matmul(nearness(squared, kFillSoftness), palette);
  const at::Tensor light = step_light(color.narrow(1, 0, 1), kFillLevels, kFillSharpness);
  const at::Tensor fill = keep_hue(color, at::cat({light, near.narrow(1, 1, 2)}, 1), kKeptHueOfFill, kKeptChroma);
  const at::Tensor filled = from_opponent(fill).clamp(0, 1).view({n, h, w, 3}).permute({0, 3, 1, 2});
  return moved + (filled - moved) * style.fill;
}

ColorMap fit_color_map(const StyleColors& style, const at::Tensor& colors, int units) {
  const at::AutoGradMode with_gradient(true);
  const at::Tensor edge = at::linspace(0, 1, kFitGrid);
  const std::vector<at::Tensor> grid = at::meshgrid({edge, edge, edge}, "ij");
  const at::Tensor all = at::cat({colors, at::stack({grid[0].flatten(), grid[1].flatten(), grid[2].flatten()}, 1)});
  at::Tensor wanted;
  {
    const at::NoGradGuard no_grad;
    wanted = 2 * grade_as(all.t().view({1, 3, 1, -1}), style).view({3, -1}).t() - 1;  // [S,3]
  }
  const at::Tensor x = 2 * all - 1;
  // Starts: two of three units are steps of light side by side, the others slight bends on every side.
  const at::Tensor number = at::arange(units);
  const at::Tensor is_step = (number.remainder(3) != 2).unsqueeze(1);
  const at::Tensor luma_weights = at::tensor({0.299F, 0.587F, 0.114F});
  const at::Tensor direction = even_directions(units);
  ColorMap map;
  map.a = at::where(is_step, 20 * luma_weights.expand({units, 3}), direction).contiguous();
  map.a_bias = at::where(is_step.squeeze(1), -20 * at::linspace(-0.9, 0.9, units), at::zeros({units}));
  map.b = 0.02 * even_directions(3 * units).slice(0, 0, units).t().contiguous();
  map.b_bias = at::zeros({3});
  std::vector<at::Tensor*> weights{&map.a, &map.a_bias, &map.b, &map.b_bias};
  std::vector<at::Tensor> means, squares;
  for (at::Tensor* weight : weights) {
    weight->requires_grad_();
    means.push_back(at::zeros_like(*weight));
    squares.push_back(at::zeros_like(*weight));
  }
  for (int step = 1; step <= kFitSteps; ++step) {
    const at::Tensor y = x + at::addmm(map.b_bias, at::tanh(at::addmm(map.a_bias, x, map.a.t())), map.b.t());
    (y - wanted).abs().mean().backward();
    const at::NoGradGuard no_grad;
    const double rate = kFitRate * (1 - static_cast<double>(step - 1) / kFitSteps);
    for (std::size_t i = 0; i < weights.size(); ++i) {  // Adam
      at::Tensor& gradient = weights[i]->mutable_grad();
      means[i].mul_(0.9).add_(gradient, 0.1);
      squares[i].mul_(0.99).addcmul_(gradient, gradient, 0.01);
      const at::Tensor deviation = (squares[i] / (1 - std::pow(0.99, step))).sqrt() + 1e-8;
      weights[i]->addcdiv_(means[i] / (1 - std::pow(0.9, step)), deviation, -rate);
      gradient.zero_();
    }
  }
  for (at::Tensor* weight : weights) *weight = weight->detach();
  return map;
}

}  // namespace genga::train
