// Power at periods of 2 and 4 pixels beyond what the frequencies around them have.
#include "eval/measures/checkerboard.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace genga::eval {
namespace {

constexpr int kSide = 32;  // of a window; period 4 is its 8th frequency, period 2 its 16th
constexpr int kStep = 16;  // windows overlap by half: Welch 1967
constexpr int kAway = 3;   // outside of the Hann window's main lobe
constexpr double kLevels = 255;

using Block = Eigen::Matrix<double, kSide, kSide>;
using Spectrum = Eigen::Matrix<std::complex<double>, kSide, kSide>;

/// Fourier transform of a row, Hann window included; a pattern of amplitude a gives a at its frequency.
const Spectrum& windowed_transform() {
  static const Spectrum matrix = [] {
    Spectrum m;
    for (int k = 0; k < kSide; ++k) {
      for (int x = 0; x < kSide; ++x) {
        const double angle = 2 * std::numbers::pi * x / kSide;
        m(k, x) = std::polar((1 - std::cos(angle)) / kSide, -angle * k);
      }
    }
    return m;
  }();
  return matrix;
}

/// Mean power of all windows at each frequency.
Block power_spectrum(const Plane& luma) {
  Block power = Block::Zero();
  int n = 0;
  for (int y = 0; y + kSide <= luma.height; y += kStep) {
    for (int x = 0; x + kSide <= luma.width; x += kStep, ++n) {
      Block block;
      for (int v = 0; v < kSide; ++v) {
        for (int u = 0; u < kSide; ++u) block(v, u) = luma.at(x + u, y + v);
      }
      block.array() -= block.mean();
      power += (windowed_transform() * block * windowed_transform().transpose()).cwiseAbs2();
    }
  }
  return n > 0 ? Block(power / n) : power;
}

/// What a spectrum that falls smoothly has at (u, v): geometric mean of frequencies around it. On the axes only along
/// them, because upright edges make these stand out in every image.
double expected(const Block& power, int u, int v) {
  double logs = 0;
  int n = 0;
  for (int dv = -kAway; dv <= kAway; dv += kAway) {
    for (int du = -kAway; du <= kAway; du += kAway) {
      const bool leaves_axis = (u == 0 && du != 0) || (v == 0 && dv != 0);
      if ((du == 0 && dv == 0) || leaves_axis) continue;
      logs += std::log(std::max(1e-30, power((v + dv + kSide) % kSide, (u + du + kSide) % kSide)));
      ++n;
    }
  }
  return std::exp(logs / n);
}

}  // namespace

double checkerboard_levels(const Plane& luma) {
  const Block power = power_spectrum(luma);
  double excess = 0;
  for (int v = 0; v < kSide; v += kSide / 4) {
    for (int u = 0; u < kSide; u += kSide / 4) {
      if (u != 0 || v != 0) excess += std::max(0.0, power(v, u) - expected(power, u, v));
    }
  }
  return kLevels * std::sqrt(excess);
}

}  // namespace genga::eval
