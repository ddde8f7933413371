// L0 gradient minimisation, solved in the Fourier domain by LibTorch.
#include <numbers>

#include "train/filter_target/filters.h"

namespace genga::train {
namespace {

constexpr double kBetaMax = 1e3, kBetaGrowth = 2;

/// |F(dx)|^2 + |F(dy)|^2 of the circular forward differences, for real transforms. [H,W/2+1]
at::Tensor difference_power(std::int64_t h, std::int64_t w) {
  const double turn = 2 * std::numbers::pi;
  const at::Tensor u = at::arange(w / 2 + 1, at::kFloat) * (turn / static_cast<double>(w));
  const at::Tensor v = at::arange(h, at::kFloat) * (turn / static_cast<double>(h));
  return (2 - 2 * at::cos(u)).unsqueeze(0) + (2 - 2 * at::cos(v)).unsqueeze(1);
}

}  // namespace

at::Tensor l0_smooth(const at::Tensor& src, double lambda) {
  const std::int64_t h = src.size(2), w = src.size(3);
  const at::Tensor power = difference_power(h, w).to(src.device());
  const at::Tensor spectrum = at::fft_rfft2(src);
  at::Tensor s = src;
  for (double beta = 2 * lambda; beta < kBetaMax; beta *= kBetaGrowth) {
    const at::Tensor dx = s.roll(-1, 3) - s, dy = s.roll(-1, 2) - s;
    const at::Tensor kept = (dx.square() + dy.square()).sum(1, true) >= lambda / beta;
    const at::Tensor gx = dx * kept, gy = dy * kept;
    const at::Tensor divergence = gx.roll(1, 3) - gx + gy.roll(1, 2) - gy;
    s = at::fft_irfft2((spectrum + beta * at::fft_rfft2(divergence)) / (1 + beta * power), {{h, w}});
  }
  return s.clamp(0, 1);
}

}  // namespace genga::train
