// The generalised Kuwahara filter as convolutions.
#include <cmath>
#include <numbers>
#include <vector>

#include "train/filter_target/filters.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

constexpr int kSectors = 8;
constexpr double kSharpness = 8;  // exponent q of the paper: how strongly the quietest sector wins
constexpr double kOverlap = 0.7;  // how much of its neighbours a sector sees
constexpr double kCentre = 3;     // fraction of the pixel itself in each sector, times 1/8: keeps thin strokes

/// Weights of every sector, each summing to 1. [8,1,2r+1,2r+1]
at::Tensor sector_kernels(std::int64_t radius) {
  const at::Tensor axis = at::arange(-radius, radius + 1, at::kFloat);
  const at::Tensor y = axis.view({-1, 1}), x = axis.view({1, -1});
  const at::Tensor square = x.square() + y.square();
  const double sigma = static_cast<double>(radius) / 2, limit = static_cast<double>(radius) + 0.5;
  const at::Tensor disc = at::exp(-square / (2 * sigma * sigma)) * (square <= limit * limit);
  const at::Tensor angle = at::atan2(y, x);
  std::vector<at::Tensor> kernels;
  for (int i = 0; i < kSectors; ++i) {
    constexpr double kPi = std::numbers::pi;
    const at::Tensor off = at::remainder(angle - 2 * kPi * i / kSectors + kPi, 2 * kPi) - kPi;
    at::Tensor wedge = at::exp(-(off / (kPi / kSectors)).square() * kOverlap);
    wedge.index_put_({radius, radius}, kCentre / kSectors);
    kernels.push_back(disc * wedge / (disc * wedge).sum());
  }
  return at::stack(kernels).unsqueeze(1);
}

}  // namespace

at::Tensor kuwahara(const at::Tensor& rgb, std::int64_t radius) {
  const std::int64_t n = rgb.size(0), c = rgb.size(1), h = rgb.size(2), w = rgb.size(3);
  const at::Tensor padded = at::replication_pad2d(rgb, {radius, radius, radius, radius});
  const at::Tensor planes = at::cat({padded, luma(padded).square()}, 1);  // [N,C+1,H+2r,W+2r]
  const at::Tensor flat = planes.reshape({n * (c + 1), 1, h + 2 * radius, w + 2 * radius});
  const at::Tensor sectors = at::conv2d(flat, sector_kernels(radius).to(rgb.device())).view({n, c + 1, kSectors, h, w});
  const at::Tensor mean = sectors.narrow(1, 0, c);  // [N,C,8,H,W]
  const at::Tensor mean_luma = luma(mean);          // [N,1,8,H,W]
  const at::Tensor variance = (sectors.narrow(1, c, 1) - mean_luma.square()).clamp_min(0);
  const at::Tensor weight = 1 / (1 + (255 * variance.sqrt()).pow(kSharpness)) + 1e-12;
  return (mean * (weight / weight.sum(2, true))).sum(2);
}

}  // namespace genga::train
