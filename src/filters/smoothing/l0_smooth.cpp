// L0 gradient minimisation of one image, on the processor. By hand: training must not need OpenCV, whose contrib
// modules have it.
#include "filters/smoothing/l0_smooth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "filters/smoothing/fourier.h"

namespace genga::filters {
namespace {

constexpr double kBetaMax = 1e5, kBetaGrowth = 2;
constexpr int kChannels = 3;
// Two channels are one complex field: what is done to its frequencies is real and even, so it keeps the two apart.
constexpr std::size_t kPlanes = 4;

/// 2 - 2 cos of every frequency of an axis: the power of its difference filter.
std::vector<float> difference_power(int n) {
  std::vector<float> power;
  for (int i = 0; i < n; ++i) power.push_back(static_cast<float>(2 - 2 * std::cos(2 * std::numbers::pi * i / n)));
  return power;
}

class L0Solver {
 public:
  L0Solver(const image::Image &src)
      : width_(src.width),
        height_(src.height),
        pixels_(static_cast<std::size_t>(src.width) * src.height),
        fourier_(src.height, src.width),
        s_(kPlanes * pixels_),
        h_(kChannels * pixels_),
        v_(kChannels * pixels_),
        power_x_(difference_power(src.width)),
        power_y_(difference_power(src.height)) {
    for (std::size_t i = 0; i < pixels_; ++i) {
      for (std::size_t c = 0; c < kChannels; ++c) {
        s_[c * pixels_ + i] = static_cast<float>(src.rgb[i * 3 + c]) / 255;
      }
    }
    source_ = s_;
    transform(source_, &FourierTransform::forward);
  }

  const std::vector<float> &values() const { return s_; }

  void iterate(double lambda, double beta) {
    take_gradients(static_cast<float>(lambda / beta));
    put_divergence();
    transform(s_, &FourierTransform::forward);
    solve(static_cast<float>(beta));
    transform(s_, &FourierTransform::backward);
  }

 private:
  void transform(std::vector<float> &planes, void (FourierTransform::*direction)(float *, float *)) {
    for (std::size_t c = 0; c < kPlanes; c += 2) {
      (fourier_.*direction)(planes.data() + c * pixels_, planes.data() + (c + 1) * pixels_);
    }
  }

  /// Forward differences of s, none where those of all channels together are small (eq. 12).
  void take_gradients(float threshold) {
    for (int y = 0; y < height_; ++y) {
      const std::size_t row = static_cast<std::size_t>(y) * width_;
      const std::size_t below = y + 1 < height_ ? row + width_ : 0;
      for (int c = 0; c < kChannels; ++c) {
        const float *s = s_.data() + c * pixels_ + row, *next = s_.data() + c * pixels_ + below;
        float *h = h_.data() + c * pixels_ + row, *v = v_.data() + c * pixels_ + row;
        for (int x = 0; x + 1 < width_; ++x) h[x] = s[x + 1] - s[x];
        h[width_ - 1] = s[0] - s[width_ - 1];
        for (int x = 0; x < width_; ++x) v[x] = next[x] - s[x];
      }
      // __restrict: there are too many pairs of arrays for the compiler to test whether they overlap.
      float *__restrict h0 = h_.data() + row, *__restrict h1 = h0 + pixels_, *__restrict h2 = h1 + pixels_;
      float *__restrict v0 = v_.data() + row, *__restrict v1 = v0 + pixels_, *__restrict v2 = v1 + pixels_;
      for (int x = 0; x < width_; ++x) {
        const float sum = h0[x] * h0[x] + h1[x] * h1[x] + h2[x] * h2[x] + v0[x] * v0[x] + v1[x] * v1[x] + v2[x] * v2[x];
        const float kept = sum < threshold ? 0.0F : 1.0F;
        h0[x] *= kept, h1[x] *= kept, h2[x] *= kept;
        v0[x] *= kept, v1[x] *= kept, v2[x] *= kept;
      }
    }
  }

  /// s becomes the transposed differences of (h, v).
  void put_divergence() {
    for (int c = 0; c < kChannels; ++c) {
      for (int y = 0; y < height_; ++y) {
        const std::size_t row = c * pixels_ + static_cast<std::size_t>(y) * width_;
        const std::size_t above = c * pixels_ + static_cast<std::size_t>(y > 0 ? y - 1 : height_ - 1) * width_;
        float *s = s_.data() + row;
        const float *h = h_.data() + row, *v = v_.data() + row, *previous = v_.data() + above;
        s[0] = h[width_ - 1] - h[0] + previous[0] - v[0];
        for (int x = 1; x < width_; ++x) s[x] = h[x - 1] - h[x] + previous[x] - v[x];
      }
    }
    std::fill(s_.begin() + static_cast<std::ptrdiff_t>(kChannels * pixels_), s_.end(), 0.0F);
  }

  /// Eq. 8: the image nearest to the source and, weighted by beta, to the gradients.
  void solve(float beta) {
    // The backward transform multiplies by the number of pixels.
    const float scale = 1 / static_cast<float>(pixels_);
    for (int y = 0; y < height_; ++y) {
      for (std::size_t c = 0; c < kPlanes; ++c) {
        const std::size_t row = c * pixels_ + static_cast<std::size_t>(y) * width_;
        float *bins = s_.data() + row;
        const float *source = source_.data() + row;
        for (int x = 0; x < width_; ++x) {
          bins[x] = (source[x] + beta * bins[x]) * (scale / (1 + beta * (power_x_[x] + power_y_[y])));
        }
      }
    }
    // Differences sum to 0 exactly, but not when rounded, which beta would magnify to a change of brightness.
    for (std::size_t c = 0; c < kPlanes; ++c) s_[c * pixels_] = source_[c * pixels_] * scale;
  }

  const int width_, height_;
  const std::size_t pixels_;
  FourierTransform fourier_;
  std::vector<float> s_, source_, h_, v_;
  const std::vector<float> power_x_, power_y_;
};

}  // namespace

void l0_smooth(const image::Image &src, double lambda, std::span<float> dst) {
  L0Solver solver(src);
  for (double beta = 2 * lambda; beta < kBetaMax; beta *= kBetaGrowth) solver.iterate(lambda, beta);
  const std::vector<float> &s = solver.values();
  for (std::size_t i = 0; i < dst.size(); ++i) dst[i] = std::clamp(s[i] * 2 - 1, -1.0F, 1.0F);
}

}  // namespace genga::filters
