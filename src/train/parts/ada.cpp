// ADA: the transformations as matrices, and the probability that follows the discriminator.
#include "train/parts/ada.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "genga/error.h"
#include "torchnet/convert.h"

namespace genga::train {
namespace {

constexpr int kNumbers = 24;  // of each kind an image may use
constexpr double kPi = std::numbers::pi;

/// One image's random numbers.
class Dice {
 public:
  Dice(const float* uniform, const float* normal, double p) : uniform_(uniform), normal_(normal), p_(p) {}

  /// True with probability p; q: another probability.
  bool happens() { return uniform() < p_; }
  bool happens(double q) { return uniform() < q; }
  double uniform() { return *uniform_++; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal(double deviation) { return deviation * *normal_++; }
  double p() const { return p_; }

 private:
  const float *uniform_, *normal_;
  double p_;
};

template <std::size_t N>
using Matrix = std::array<std::array<double, N>, N>;

template <std::size_t N>
Matrix<N> product(const Matrix<N>& a, const Matrix<N>& b) {
  Matrix<N> c{};
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j < N; ++j) {
      for (std::size_t k = 0; k < N; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

Matrix<3> scaling(double x, double y) {
  return {{{x, 0, 0}, {0, y, 0}, {0, 0, 1}}};
}
Matrix<3> turning(double cosine, double sine) {
  return {{{cosine, -sine, 0}, {sine, cosine, 0}, {0, 0, 1}}};
}
Matrix<3> moving(double x, double y) {
  return {{{1, 0, x}, {0, 1, y}, {0, 0, 1}}};
}

/// From a pixel of the result to its place in the image, both relative to the centre. Every random number is drawn,
/// used or not, so that images stay comparable between probabilities.
Matrix<3> geometry(Dice& dice, double side) {
  Matrix<3> inverse = scaling(1, 1);
  const auto then = [&](bool happens, const Matrix<3>& m) {
    if (happens) inverse = product(inverse, m);
  };
  const auto flip = [&] { return dice.uniform() < 0.5 ? -1.0 : 1.0; };
  then(dice.happens(), scaling(flip(), 1));
  constexpr std::array<std::array<double, 2>, 4> kQuarters{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
  const auto turns = std::min(static_cast<std::size_t>(dice.uniform(0, 4)), kQuarters.size() - 1);
  then(dice.happens(), turning(kQuarters[turns][0], kQuarters[turns][1]));
  const double dx = std::round(dice.uniform(-0.125, 0.125) * side), dy = std::round(dice.uniform(-0.125, 0.125) * side);
  then(dice.happens(), moving(-dx, -dy));

  const double size = std::exp2(dice.normal(0.2));
  then(dice.happens(), scaling(1 / size, 1 / size));
  const double p_turn = 1 - std::sqrt(1 - std::clamp(dice.p(), 0.0, 1.0));  // two turns together happen with p
  const double before = dice.uniform(-kPi, kPi);
  then(dice.happens(p_turn), turning(std::cos(before), std::sin(before)));
  const double aspect = std::exp2(dice.normal(0.2));
  then(dice.happens(), scaling(1 / aspect, aspect));
  const double after = dice.uniform(-kPi, kPi);
  then(dice.happens(p_turn), turning(std::cos(after), std::sin(after)));
  const double fx = dice.normal(0.125) * side, fy = dice.normal(0.125) * side;
  then(dice.happens(), moving(-fx, -fy));
  return inverse;
}

/// grey * (1,1,1,.) part and chroma part of a color, each scaled: a (v v^T) + b (I - v v^T), v the grey axis.
Matrix<4> grey_and_chroma(double grey, double chroma) {
  Matrix<4> m{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) m[i][j] = (grey - chroma) / 3 + (i == j ? chroma : 0);
  }
  m[3][3] = 1;
  return m;
}

/// Turn around the grey axis; Rodrigues' formula.
Matrix<4> hue_turn(double angle) {
  const double c = std::cos(angle), s = std::sin(angle) / std::sqrt(3.0), d = (1 - c) / 3;
  return {{{c + d, d - s, d + s, 0}, {d + s, c + d, d - s, 0}, {d - s, d + s, c + d, 0}, {0, 0, 0, 1}}};
}

Matrix<4> color(Dice& dice) {
  Matrix<4> m = grey_and_chroma(1, 1);
  const auto then = [&](bool happens, const Matrix<4>& next) {
    if (happens) m = product(next, m);
  };
  const double light = dice.normal(0.2);
  then(dice.happens(), {{{1, 0, 0, light}, {0, 1, 0, light}, {0, 0, 1, light}, {0, 0, 0, 1}}});
  const double contrast = std::exp2(dice.normal(0.5));
  then(dice.happens(), grey_and_chroma(contrast, contrast));
  const double luma = dice.uniform() < 0.5 ? -1 : 1;
  then(dice.happens(), grey_and_chroma(luma, 1));
  const double hue = dice.uniform(-kPi, kPi);
  then(dice.happens(), hue_turn(hue));
  const double saturation = std::exp2(dice.normal(1));
  then(dice.happens(), grey_and_chroma(1, saturation));
  return m;
}

/// Rows of N x N matrices, the last row left out: [n,N-1,N].
template <std::size_t N>
at::Tensor stacked(const std::vector<Matrix<N>>& matrices, at::Device device) {
  std::vector<float> values;
  for (const Matrix<N>& m : matrices) {
    for (std::size_t i = 0; i + 1 < N; ++i) {
      for (const double value : m[i]) values.push_back(static_cast<float>(value));
    }
  }
  return at::tensor(values).view({-1, N - 1, N}).to(device);
}

/// Coordinates beyond 0..side-1 thrown back at the borders.
at::Tensor mirrored(const at::Tensor& at, std::int64_t side) {
  const double period = 2.0 * static_cast<double>(side - 1);
  const at::Tensor once = at.remainder(period);
  return at::minimum(once, period - once);
}

/// Bilinear samples of x [N,C,S,S] where `inverse` [N,2,3] says. Built of gathers, which have second derivatives.
at::Tensor warped(const at::Tensor& x, const at::Tensor& inverse) {
  const std::int64_t side = x.size(2);
  const double centre = static_cast<double>(side - 1) / 2;
  const at::Tensor line = at::arange(side, x.options()) - centre;
  const at::Tensor dst_x = line.repeat({side}), dst_y = line.repeat_interleave(side);  // [S*S]
  const at::Tensor dst = at::stack({dst_x, dst_y, at::ones_like(dst_x)});              // [3,S*S]
  const at::Tensor src = at::matmul(inverse, dst) + centre;                            // [N,2,S*S]
  const at::Tensor sx = mirrored(src.select(1, 0), side), sy = mirrored(src.select(1, 1), side);
  const at::Tensor left = sx.floor(), top = sy.floor();
  const at::Tensor wx = (sx - left).unsqueeze(1), wy = (sy - top).unsqueeze(1);  // [N,1,S*S]
  const at::Tensor flat = x.flatten(2);
  const auto pixel = [&](const at::Tensor& px, const at::Tensor& py) {
    const at::Tensor index = (py.clamp_max(static_cast<double>(side - 1)) * static_cast<double>(side) +
                              px.clamp_max(static_cast<double>(side - 1)))
                                 .to(at::kLong);
    return flat.gather(2, index.unsqueeze(1).expand({-1, flat.size(1), -1}));
  };
  const at::Tensor above = at::lerp(pixel(left, top), pixel(left + 1, top), wx);
  const at::Tensor below = at::lerp(pixel(left, top + 1), pixel(left + 1, top + 1), wx);
  return at::lerp(above, below, wy).view_as(x);
}

}  // namespace

at::Tensor augment_bgc(const at::Tensor& images, double p, StepContext& context) {
  const std::int64_t n = images.size(0);
  const at::Tensor uniform = context.uniform({n, kNumbers}).contiguous();
  const at::Tensor normal = context.normal({n, kNumbers}).contiguous();
  std::vector<Matrix<3>> geometries;
  std::vector<Matrix<4>> colors;
  for (std::int64_t i = 0; i < n; ++i) {
    Dice dice(uniform.data_ptr<float>() + i * kNumbers, normal.data_ptr<float>() + i * kNumbers, p);
    geometries.push_back(geometry(dice, static_cast<double>(images.size(3))));
    colors.push_back(color(dice));
  }
  const at::Tensor moved = warped(images, stacked(geometries, images.device()));
  at::Tensor matrix = stacked(colors, images.device());  // [N,3,4]
  // Grey: what becomes of (y,y,y), in the mean.
  if (images.size(1) == 1) {
    const at::Tensor mean = matrix.mean({1}, /*keepdim=*/true);
    matrix = at::cat({mean.narrow(2, 0, 3).sum({2}, /*keepdim=*/true), mean.narrow(2, 3, 1)}, 2);  // [N,1,2]
  }
  const std::int64_t channels = images.size(1);
  const at::Tensor colored =
      at::matmul(matrix.narrow(2, 0, channels), moved.flatten(2)) + matrix.narrow(2, channels, 1);
  return colored.view_as(images).contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor Ada::augment(const at::Tensor& images, StepContext& context) const {
  return augment_bgc(images, probability_, context);
}

void Ada::observe(const at::Tensor& real_logits) {
  step_sum_ += real_logits.detach().sign().mean().item<double>();
  ++n_observed_;
}

void Ada::end_step(std::int64_t n_images, World& world) {
  if (n_observed_ == 0) return;  // a warm-up without discriminators
  double sign = step_sum_ / n_observed_;
  world.average({&sign, 1});  // in every step, so that all ranks' states are the one that checkpoints keep
  sign_sum_ += static_cast<float>(sign);
  step_sum_ = n_observed_ = 0;
  n_images_ += n_images;
  if (++n_steps_ < options_.every) return;
  const double mean = sign_sum_ / static_cast<double>(n_steps_);
  const double direction = mean > options_.target ? 1 : mean < options_.target ? -1 : 0;
  const double moved = probability_ + direction * static_cast<double>(n_images_) / options_.ramp_images;
  probability_ = static_cast<float>(std::clamp(moved, 0.0, 1.0));
  sign_sum_ = 0;
  n_steps_ = n_images_ = 0;
}

void Ada::save(weights::TensorMap& state, const std::string& prefix) const {
  state[prefix + "ada"] =
      weights::make_tensor({4}, {probability_, sign_sum_, static_cast<float>(n_steps_), static_cast<float>(n_images_)});
}

void Ada::load(const weights::TensorMap& state, const std::string& prefix) {
  const auto it = state.find(prefix + "ada");
  const std::vector<float> values = it == state.end() ? std::vector<float>{} : it->second.to_f32();
  if (values.size() != 4) {
    fail(ErrorCode::kCorruptData, "training state: tensor '{}ada' is {}, expected 4 numbers", prefix,
         it == state.end() ? "missing" : "of another size");
  }
  probability_ = values[0];
  sign_sum_ = values[1];
  n_steps_ = static_cast<std::int64_t>(values[2]);
  n_images_ = static_cast<std::int64_t>(values[3]);
  step_sum_ = n_observed_ = 0;  // of a step that a rollback undid
}

}  // namespace genga::train
