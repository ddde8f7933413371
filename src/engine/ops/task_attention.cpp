// The non-linear part of external attention (AnimeGANv3; the products around it are convolutions), and the latent
// mixture of Gaussians.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/kernels/isa.h"
#include "engine/ops/padded_vector.h"
#include "engine/ops/task.h"

namespace genga::engine {
namespace {

/// Softmax over pixels and scaling of every pixel: largest values, exponentials with their sums, one sweep that scales.
class AttentionTask : public Task {
 public:
  AttentionTask(const AttentionStep& attention, const TaskSetup& setup)
      : attention_(attention), src_(setup.src[0]), dst_(setup.dst), stored_(padded(attention.log_sum, src_)) {}

  std::int64_t scratch_bytes() const override {
    const std::int64_t n_row_channels = src_.stored_channels() * src_.shape.h;
    return n_row_channels * std::int64_t{sizeof(double)} +
           (n_row_channels + 2 * src_.stored_channels() + src_.shape.h * src_.shape.w) * std::int64_t{sizeof(float)};
  }

  void run(const RunContext& context) override {
    const std::int64_t n_channels = src_.stored_channels();
    auto* row_sums = reinterpret_cast<double*>(context.scratch);                       // [blocks][h][block channels]
    auto* row_peaks = reinterpret_cast<float*>(row_sums + n_channels * src_.shape.h);  // same
    float* peaks = row_peaks + n_channels * src_.shape.h;                              // [stored channels]
    float* scale = peaks + n_channels;                                                 // same
    float* totals = scale + n_channels;                                                // [h][w]

    if (stored_.empty()) {
      find_peaks(context, row_peaks, peaks);
      exponentiate(context, peaks, row_sums);
      scale_by_sums(peaks, row_sums, scale, context.statistics);
    } else {
      exponentiate(context, stored_.data(), row_sums);
      // Channels that only fill up blocks stay 0.
      for (std::int64_t c = 0; c < src_.stored_channels(); ++c) scale[c] = c < src_.shape.c ? 1.F : 0.F;
    }
    scale_pixels(context, scale, totals);
  }

 private:
  /// Calls body(block, y, i) for every row; i counts them.
  template <class Body>
  void for_rows(const Body& body) const {
    const std::int64_t h = src_.shape.h;
    parallel_for(src_.blocks() * h, [&](std::int64_t i) { body(i / h, i % h, i); });
  }

  void find_peaks(const RunContext& context, float* row_peaks, float* peaks) const {
    constexpr std::int32_t kZero = 0;
    const auto width = static_cast<std::int32_t>(src_.shape.w);
    const auto height = static_cast<std::int32_t>(src_.shape.h);
    const float* src = context.data[src_.value];
    for_rows([&](std::int64_t block, std::int64_t y, std::int64_t i) {
      kernels().pool(row_peaks + i * src_.block_channels, 1, {src + src_.offset(block, y), 1, 0, &kZero, &width, true});
    });
    for (std::int64_t block = 0; block < src_.blocks(); ++block) {
      const float* rows = row_peaks + block * src_.shape.h * src_.block_channels;
      kernels().pool(peaks + block * src_.block_channels, 1, {rows, 1, 0, &kZero, &height, true});
    }
  }

  /// dst = exp(src - origin), and the sums of every row.
  void exponentiate(const RunContext& context, const float* origin, double* row_sums) const {
    const float* src = context.data[src_.value];
    float* dst = context.data[dst_.value];
    for_rows([&](std::int64_t block, std::int64_t y, std::int64_t i) {
      kernels().exponentials(dst + dst_.offset(block, y), src + src_.offset(block, y), src_.shape.w,
                             origin + block * src_.block_channels, row_sums + i * src_.block_channels);
    });
  }

  void scale_by_sums(const float* peaks, const double* row_sums, float* scale,
                     weights::NormStatistics* statistics) const {
    std::vector<float> log_sum;
    for (std::int64_t c = 0; c < src_.stored_channels(); ++c) {
      double sum = 0;
      const double* sums =
          row_sums + c / src_.block_channels * src_.shape.h * src_.block_channels + c % src_.block_channels;
      for (std::int64_t y = 0; y < src_.shape.h; ++y) sum += sums[y * src_.block_channels];
      const bool unused = c >= src_.shape.c;  // channels that only fill up blocks stay 0
      scale[c] = unused ? 0.F : static_cast<float>(1 / sum);
      if (statistics && !unused) log_sum.push_back(static_cast<float>(peaks[c] + std::log(sum)));
    }
    if (statistics) statistics->values[attention_.node + ".log_sum"] = std::move(log_sum);
  }

  void scale_pixels(const RunContext& context, const float* scale, float* totals) const {
    float* dst = context.data[dst_.value];
    const std::int64_t w = dst_.shape.w;
    parallel_for(dst_.shape.h, [&](std::int64_t y) {
      float* total = totals + y * w;
      std::fill(total, total + w, 1e-9F);
      for (std::int64_t block = 0; block < dst_.blocks(); ++block) {
        kernels().sum_channels(total, dst + dst_.offset(block, y), w, scale + block * dst_.block_channels);
      }
      for (std::int64_t x = 0; x < w; ++x) total[x] = 1 / total[x];
      for (std::int64_t block = 0; block < dst_.blocks(); ++block) {
        kernels().scale_pixels(dst + dst_.offset(block, y), w, scale + block * dst_.block_channels, total);
      }
    });
  }

  const AttentionStep& attention_;
  View src_, dst_;
  std::vector<float> stored_;  // logarithms of sums; empty: computed
};

class MixtureTask : public Task {
 public:
  MixtureTask(const MixtureStep& mixture, const TaskSetup& setup)
      : mixture_(mixture), src_(setup.src[0]), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    const float* noise = context.data[src_.value];
    float* dst = context.data[dst_.value];
    const std::int64_t n_dims = dst_.shape.c;
    const float* fractions = noise + n_dims;
    for (std::int64_t d = 0; d < n_dims; ++d) {
      float mean = 0;
      float deviation = 0;
      for (std::int64_t k = 0; k < src_.shape.c - n_dims; ++k) {
        mean += fractions[k] * mixture_.mean[static_cast<std::size_t>(k * n_dims + d)];
        deviation += fractions[k] * mixture_.deviation[static_cast<std::size_t>(k * n_dims + d)];
      }
      dst[d] = mean + noise[d] * deviation;
    }
  }

 private:
  const MixtureStep& mixture_;
  View src_, dst_;
};

}  // namespace

TaskPtr make_task(const AttentionStep& attention, const TaskSetup& setup) {
  return std::make_unique<AttentionTask>(attention, setup);
}
TaskPtr make_task(const MixtureStep& mixture, const TaskSetup& setup) {
  return std::make_unique<MixtureTask>(mixture, setup);
}

}  // namespace genga::engine
