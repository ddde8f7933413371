#include "data/filters/l0_smooth.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <utility>
#include <vector>

#include "genga/error.h"

namespace genga::data {
namespace {

constexpr double kBetaMax = 1e5, kBetaGrowth = 2;
constexpr int kChannels = 3;

struct FftwFree {
  void operator()(void* p) const { fftwf_free(p); }
};
template <typename T>
using Buffer = std::unique_ptr<T[], FftwFree>;

/// FFTW's own allocation: plans may be run on any buffer that is aligned like it.
template <typename T>
Buffer<T> allocate(std::size_t n) {
  auto* memory = static_cast<T*>(fftwf_malloc(n * sizeof(T)));
  if (memory == nullptr) fail(ErrorCode::kOutOfMemory, "no memory for a Fourier transform of {} values", n);
  return Buffer<T>(memory);
}

struct Plans {
  fftwf_plan forward, backward;
};

/// Plans of a size; made once, as FFTW's planner is not thread-safe, and by rule instead of by timing, so that every
/// run takes the same path through the additions.
Plans plans_for(int height, int width) {
  static std::mutex mutex;
  static std::map<std::pair<int, int>, Plans> made;  // for the life of the process
  const std::lock_guard lock(mutex);
  const auto found = made.find({height, width});
  if (found != made.end()) return found->second;
  const int real_px = height * width, complex_px = height * (width / 2 + 1);
  const std::array size{height, width};
  const Buffer<float> real = allocate<float>(static_cast<std::size_t>(kChannels) * real_px);
  const auto spectrum = allocate<fftwf_complex>(static_cast<std::size_t>(kChannels) * complex_px);
  const Plans plans{fftwf_plan_many_dft_r2c(2, size.data(), kChannels, real.get(), nullptr, 1, real_px, spectrum.get(),
                                            nullptr, 1, complex_px, FFTW_ESTIMATE),
                    fftwf_plan_many_dft_c2r(2, size.data(), kChannels, spectrum.get(), nullptr, 1, complex_px,
                                            real.get(), nullptr, 1, real_px, FFTW_ESTIMATE)};
  if (plans.forward == nullptr || plans.backward == nullptr) {
    fail(ErrorCode::kInternal, "FFTW has no plan for {} x {}", width, height);
  }
  made.emplace(std::pair{height, width}, plans);
  return plans;
}

/// 2 - 2 cos of every frequency of an axis: the power of its difference filter.
std::vector<double> difference_power(int n) {
  std::vector<double> power;
  for (int i = 0; i < n; ++i) power.push_back(2 - 2 * std::cos(2 * std::numbers::pi * i / n));
  return power;
}

class L0Solver {
 public:
  L0Solver(const image::Image& src)
      : width_(src.width),
        height_(src.height),
        pixels_(static_cast<std::size_t>(src.width) * src.height),
        bins_(static_cast<std::size_t>(src.height) * (src.width / 2 + 1)),
        plans_(plans_for(src.height, src.width)),
        s_(allocate<float>(kChannels * pixels_)),
        h_(kChannels * pixels_),
        v_(kChannels * pixels_),
        source_(allocate<fftwf_complex>(kChannels * bins_)),
        spectrum_(allocate<fftwf_complex>(kChannels * bins_)),
        power_x_(difference_power(src.width)),
        power_y_(difference_power(src.height)) {
    for (std::size_t i = 0; i < pixels_; ++i) {
      for (std::size_t c = 0; c < kChannels; ++c) {
        s_[c * pixels_ + i] = static_cast<float>(src.rgb[i * 3 + c]) / 255;
      }
    }
    fftwf_execute_dft_r2c(plans_.forward, s_.get(), source_.get());
  }

  const float* values() const { return s_.get(); }

  void iterate(double lambda, double beta) {
    take_gradients(static_cast<float>(lambda / beta));
    put_divergence();
    fftwf_execute_dft_r2c(plans_.forward, s_.get(), spectrum_.get());
    solve(beta);
    fftwf_execute_dft_c2r(plans_.backward, spectrum_.get(), s_.get());
  }

 private:
  /// Forward differences of s, none where those of all channels together are small (eq. 12).
  void take_gradients(float threshold) {
    for (int y = 0; y < height_; ++y) {
      const std::size_t row = static_cast<std::size_t>(y) * width_;
      const std::size_t below = y + 1 < height_ ? row + width_ : 0;
      for (int c = 0; c < kChannels; ++c) {
        const float *s = s_.get() + c * pixels_ + row, *next = s_.get() + c * pixels_ + below;
        float *h = h_.data() + c * pixels_ + row, *v = v_.data() + c * pixels_ + row;
        for (int x = 0; x + 1 < width_; ++x) h[x] = s[x + 1] - s[x];
        h[width_ - 1] = s[0] - s[width_ - 1];
        for (int x = 0; x < width_; ++x) v[x] = next[x] - s[x];
      }
      float *h0 = h_.data() + row, *h1 = h0 + pixels_, *h2 = h1 + pixels_;
      float *v0 = v_.data() + row, *v1 = v0 + pixels_, *v2 = v1 + pixels_;
      for (int x = 0; x < width_; ++x) {
        const float sum = h0[x] * h0[x] + h1[x] * h1[x] + h2[x] * h2[x] + v0[x] * v0[x] + v1[x] * v1[x] + v2[x] * v2[x];
        const float kept = sum < threshold ? 0.0F : 1.0F;
        for (float* gradient : {h0, h1, h2, v0, v1, v2}) gradient[x] *= kept;
      }
    }
  }

  /// s becomes the transposed differences of (h, v).
  void put_divergence() {
    for (int c = 0; c < kChannels; ++c) {
      for (int y = 0; y < height_; ++y) {
        const std::size_t row = c * pixels_ + static_cast<std::size_t>(y) * width_;
        const std::size_t above = c * pixels_ + static_cast<std::size_t>(y > 0 ? y - 1 : height_ - 1) * width_;
        float* s = s_.get() + row;
        const float *h = h_.data() + row, *v = v_.data() + row, *previous = v_.data() + above;
        s[0] = h[width_ - 1] - h[0] + previous[0] - v[0];
        for (int x = 1; x < width_; ++x) s[x] = h[x - 1] - h[x] + previous[x] - v[x];
      }
    }
  }

  /// Eq. 8: the picture nearest to the source and, weighted by beta, to the gradients.
  void solve(double beta) {
    const int half = width_ / 2 + 1;
    const auto weight = static_cast<float>(beta);
    for (int c = 0; c < kChannels; ++c) {
      for (int y = 0; y < height_; ++y) {
        const std::size_t row = c * bins_ + static_cast<std::size_t>(y) * half;
        for (int x = 0; x < half; ++x) {
          // The backward transform multiplies by the number of pixels.
          const auto share =
              static_cast<float>(1 / ((1 + beta * (power_x_[x] + power_y_[y])) * 1.0 * static_cast<double>(pixels_)));
          for (int part = 0; part < 2; ++part) {
            float& bin = spectrum_[row + x][part];
            bin = (source_[row + x][part] + weight * bin) * share;
          }
        }
      }
      // Differences sum to 0 exactly, but not when rounded, which beta would magnify to a change of brightness.
      for (int part = 0; part < 2; ++part) {
        spectrum_[c * bins_][part] = source_[c * bins_][part] / static_cast<float>(pixels_);
      }
    }
  }

  const int width_, height_;
  const std::size_t pixels_, bins_;
  const Plans plans_;
  Buffer<float> s_;
  std::vector<float> h_, v_;
  Buffer<fftwf_complex> source_, spectrum_;
  const std::vector<double> power_x_, power_y_;
};

}  // namespace

void l0_smooth(const image::Image& src, double lambda, std::span<float> dst) {
  L0Solver solver(src);
  for (double beta = 2 * lambda; beta < kBetaMax; beta *= kBetaGrowth) solver.iterate(lambda, beta);
  const float* s = solver.values();
  for (std::size_t i = 0; i < dst.size(); ++i) dst[i] = std::clamp(s[i] * 2 - 1, -1.0F, 1.0F);
}

}  // namespace genga::data
