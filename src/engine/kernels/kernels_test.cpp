// Inner loops of every instruction set this machine has, against plain arithmetic.
#include "engine/kernels/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "engine/kernels/isa.h"

namespace genga::engine {
namespace {

std::vector<float> random_values(std::int64_t n, float low, float high) {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = uniform(random);
  return values;
}

TEST(Kernels, CountTheMultiplyAddsThatTheyDo) {
  for (const Kernels* k : usable_kernels()) {
    constexpr std::int64_t kRounds = 3;
    std::vector<float> block = random_values(k->block_channels, 0.5F, 0.75F);
    const std::vector<float> factor = block;
    const std::int64_t n_macs = k->multiply_adds(block.data(), kRounds);
    // n_sums independent sums a channel, each from another start; the block holds their total.
    const std::int64_t n_sums = n_macs / (kRounds * k->block_channels);
    EXPECT_EQ(n_macs, n_sums * kRounds * k->block_channels) << k->isa;
    EXPECT_GE(n_sums, 4) << k->isa;
    for (std::size_t i = 0; i < block.size(); ++i) {
      double total = 0;
      for (std::int64_t n = 0; n < n_sums; ++n) {
        double sum = static_cast<double>(factor[i]) + static_cast<double>(n);
        for (int round = 0; round < kRounds; ++round)
          sum = sum * static_cast<double>(factor[i]) + static_cast<double>(factor[i]);
        total += sum;
      }
      EXPECT_NEAR(block[i] / total, 1, 1e-5) << k->isa;
    }
  }
}

TEST(Kernels, ComputeTanhAndSigmoidWithinAMillionth) {
  for (const Kernels* k : usable_kernels()) {
    std::vector<float> x;
    for (int i = -12000; i <= 12001; ++i) x.push_back(static_cast<float>(i) * 1e-3F);  // no multiple of any lane count
    x.insert(x.end(), {1e-20F, -1e30F, 1e30F, INFINITY, -INFINITY});
    std::vector<float> tanh_x = x, sigmoid_x = x;
    k->curve(tanh_x.data(), static_cast<std::int64_t>(x.size()), Curve::kTanh);
    k->curve(sigmoid_x.data(), static_cast<std::int64_t>(x.size()), Curve::kSigmoid);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_NEAR(tanh_x[i], std::tanh(static_cast<double>(x[i])), 1e-6) << k->isa << " at " << x[i];
      ASSERT_NEAR(sigmoid_x[i], 1 / (1 + std::exp(-static_cast<double>(x[i]))), 1e-6) << k->isa << " at " << x[i];
    }
  }
}

TEST(Kernels, ComputeExponentialsAndTheirSums) {
  for (const Kernels* k : usable_kernels()) {
    const auto block_channels = static_cast<std::size_t>(k->block_channels);
    const std::int64_t n = 1001;
    std::vector<float> x = random_values(n * k->block_channels, -80, 3);
    x[0] = -1e30F;
    const std::vector<float> origin = random_values(k->block_channels, -2, 2);
    std::vector<float> dst(x.size());
    std::vector<double> sums(block_channels), expected(block_channels, 0.0);
    k->exponentials(dst.data(), x.data(), n, origin.data(), sums.data());
    EXPECT_LT(dst[0], 1e-37F) << k->isa;
    for (std::size_t i = 1; i < x.size(); ++i) {
      const double exact = std::exp(static_cast<double>(x[i] - origin[i % block_channels]));
      ASSERT_NEAR(dst[i] / exact, 1, 3e-7) << k->isa << " at " << x[i];
    }
    for (std::size_t i = 0; i < x.size(); ++i) expected[i % block_channels] += static_cast<double>(dst[i]);
    for (std::size_t lane = 0; lane < block_channels; ++lane)
      EXPECT_NEAR(sums[lane] / expected[lane], 1, 1e-5) << k->isa;
  }
}

TEST(Kernels, AddChannelsAndScalePixels) {
  for (const Kernels* k : usable_kernels()) {
    const auto block_channels = static_cast<std::size_t>(k->block_channels);
    std::vector<float> row = random_values(3 * k->block_channels, -1, 1);
    const std::vector<float> scale = random_values(k->block_channels, 0, 2), src = row, by_pixel = {2, 0, -1};
    std::vector<float> totals = {10, 20, 30};
    k->sum_channels(totals.data(), row.data(), 3, scale.data());
    k->scale_pixels(row.data(), 3, scale.data(), by_pixel.data());
    for (std::size_t x = 0; x < 3; ++x) {
      float total = static_cast<float>(x + 1) * 10;
      for (std::size_t lane = 0; lane < block_channels; ++lane) {
        total += src[x * block_channels + lane] * scale[lane];
        EXPECT_FLOAT_EQ(row[x * block_channels + lane], src[x * block_channels + lane] * scale[lane] * by_pixel[x])
            << k->isa;
      }
      EXPECT_NEAR(totals[x], total, 1e-5F) << k->isa;
    }
  }
}

TEST(Kernels, MeasureMomentsWithoutCancellation) {
  for (const Kernels* k : usable_kernels()) {
    const std::int64_t n = 3001;
    const std::vector<float> x = random_values(n * k->block_channels, 999.F, 1001.F);
    std::vector<double> mean(static_cast<std::size_t>(k->block_channels)), deviation = mean;
    k->moments(x.data(), n, mean.data(), deviation.data());
    for (int lane = 0; lane < k->block_channels; ++lane) {
      double sum = 0, squares = 0;
      for (std::int64_t i = 0; i < n; ++i)
        sum += static_cast<double>(x[static_cast<std::size_t>(i * k->block_channels + lane)]);
      const double exact = sum / static_cast<double>(n);
      for (std::int64_t i = 0; i < n; ++i) {
        const double d = static_cast<double>(x[static_cast<std::size_t>(i * k->block_channels + lane)]) - exact;
        squares += d * d;
      }
      EXPECT_NEAR(mean[static_cast<std::size_t>(lane)], exact, 1e-4) << k->isa;
      EXPECT_NEAR(deviation[static_cast<std::size_t>(lane)] / squares, 1.0, 1e-4) << k->isa;
    }
  }
}

TEST(Kernels, ApplyScaleResidualAndSlopesInOrder) {
  for (const Kernels* k : usable_kernels()) {
    const std::int64_t n = 7;
    const std::vector<float> x = random_values(n * k->block_channels, -2, 2);
    const std::vector<float> residual = random_values(n * k->block_channels, -1, 3);
    const std::vector<float> scale = random_values(k->block_channels, 0.5F, 2),
                             shift = random_values(k->block_channels, -1, 1);
    std::vector<float> dst(x.size());
    k->pointwise(dst.data(), x.data(), n, {scale.data(), shift.data(), residual.data(), 0.2F, 0.F});
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t lane = i % static_cast<std::size_t>(k->block_channels);
      float v = x[i] * scale[lane] + shift[lane];
      v = v > 0 ? v : v * 0.2F;
      v += residual[i];
      EXPECT_NEAR(dst[i], v > 0 ? v : 0.F, 1e-5F) << k->isa;
    }
  }
}

/// Lane 3 of n pixels is filled, the rest is zero.
std::vector<float> in_lane_3(const std::vector<float>& x, std::int64_t block_channels) {
  std::vector<float> pixels(x.size() * static_cast<std::size_t>(block_channels), 0.F);
  for (std::size_t i = 0; i < x.size(); ++i) pixels[i * static_cast<std::size_t>(block_channels) + 3] = x[i];
  return pixels;
}

/// The identity from lane 3 to lane 5 shifted by (1, 2): in Winograd's domain the outer product of G's columns 1 and 2.
std::vector<float> shifting_filter(std::int64_t block_channels) {
  const double column1[6] = {0, -1. / 6, 1. / 6, 1. / 12, -1. / 12, 0};
  const double column2[6] = {0, -1. / 6, -1. / 6, 1. / 6, 1. / 6, 1};
  std::vector<float> u(static_cast<std::size_t>(36 * block_channels * block_channels), 0.F);
  for (int p = 0; p < 36; ++p) {
    u[static_cast<std::size_t>((p * block_channels + 3) * block_channels + 5)] =
        static_cast<float>(column1[p / 6] * column2[p % 6]);
  }
  return u;
}

/// One 4x4 tile through the three Winograd kernels, one channel in, one out; the tile's last column is cut off.
std::vector<float> shift_by_winograd(const Kernels& k, const std::vector<float>& patch, bool upsampled) {
  const std::int64_t block_channels = k.block_channels, n_tiles = k.winograd_tile_multiple;
  const std::vector<float> pixels = in_lane_3(patch, block_channels), u = shifting_filter(block_channels);
  std::vector<float> v(static_cast<std::size_t>(36 * n_tiles * block_channels), 0.F);
  std::vector<float> m(v.size(), NAN);  // products that are left out must not be read
  (upsampled ? k.winograd_gather_upsampled : k.winograd_gather)(v.data(), n_tiles * block_channels, pixels.data(),
                                                                (upsampled ? 4 : 6) * block_channels);
  k.winograd_multiply(m.data(), v.data(), u.data(), {n_tiles, 1, 1, upsampled});
  std::vector<float> dst(static_cast<std::size_t>(16 * block_channels), -7.F);
  const std::vector<float> bias(static_cast<std::size_t>(block_channels), 0.5F);
  WinogradTile tile{.dst = dst.data(), .dst_stride = 4 * block_channels, .rows = 4, .columns = 3, .bias = bias.data()};
  tile.upsampled = upsampled;
  k.winograd_scatter(m.data(), n_tiles * block_channels, tile);
  std::vector<float> lane_5;
  for (std::size_t i = 0; i < 16; ++i) lane_5.push_back(dst[i * static_cast<std::size_t>(block_channels) + 5]);
  return lane_5;
}

TEST(Kernels, ConvolveATileByWinograd) {
  for (const Kernels* k : usable_kernels()) {
    const std::vector<float> x = random_values(36, -1, 1);
    const std::vector<float> found = shift_by_winograd(*k, x, false);
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t column = 0; column < 4; ++column) {
        const float expected = column < 3 ? x[(y + 1) * 6 + column + 2] + 0.5F : -7.F;
        EXPECT_NEAR(found[y * 4 + column], expected, 1e-5F) << k->isa << " at " << column << "," << y;
      }
    }
  }
}

TEST(Kernels, ConvolveAnUpsampledTileByTwentyFiveProducts) {
  for (const Kernels* k : usable_kernels()) {
    const std::vector<float> x = random_values(16, -1, 1);
    const std::vector<float> found = shift_by_winograd(*k, x, true);
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t column = 0; column < 3; ++column) {
        const float expected = x[(y + 2) / 2 * 4 + (column + 3) / 2] + 0.5F;
        EXPECT_NEAR(found[y * 4 + column], expected, 1e-5F) << k->isa << " at " << column << "," << y;
      }
    }
  }
}

/// Same for F(4x4, 4x4), whose sums run over rows from anywhere.
TEST(Kernels, ConvolveATileOfALargeFilter) {
  for (const Kernels* k : usable_kernels()) {
    const std::int64_t block_channels = k->block_channels, n_tiles = k->winograd_tile_multiple;
    std::vector<float> patch(static_cast<std::size_t>(49 * block_channels), 0.F);  // only lane 3 is filled
    const std::vector<float> x = random_values(49, -1, 1);
    for (std::size_t i = 0; i < 49; ++i) patch[i * static_cast<std::size_t>(block_channels) + 3] = x[i];
    // The filter is the identity shifted by (1, 3): the outer product of G's columns 1 and 3.
    const double column1[7] = {0, -1. / 3, -1. / 9, 1. / 18, 1. / 30, 16. / 45, 0};
    const double column3[7] = {0, -1. / 3, -1. / 9, 2. / 9, 2. / 15, 4. / 45, 1};
    std::vector<float> v(static_cast<std::size_t>(49 * n_tiles * block_channels), 0.F), m = v;
    k->large_gather(v.data(), n_tiles * block_channels, patch.data(), 7 * block_channels);
    for (std::int64_t p = 0; p < 49; ++p) {
      std::vector<float> u(static_cast<std::size_t>(2 * block_channels * block_channels),
                           0.F);  // the first of two rows is all zero
      u[static_cast<std::size_t>((block_channels + 3) * block_channels + 5)] =
          static_cast<float>(column1[p / 7] * column3[p % 7]);
      const float* const row = v.data() + p * n_tiles * block_channels;
      const float* const rows[] = {row, row};
      k->large_multiply(m.data() + p * n_tiles * block_channels, {rows, 2, n_tiles, 0}, u.data(), 1);
    }
    std::vector<float> dst(static_cast<std::size_t>(16 * block_channels), -7.F);
    const std::vector<float> bias(static_cast<std::size_t>(block_channels), 0.5F);
    const WinogradTile tile{
        .dst = dst.data(), .dst_stride = 4 * block_channels, .rows = 3, .columns = 4, .bias = bias.data()};
    k->large_scatter(m.data(), n_tiles * block_channels, tile);
    for (std::size_t y = 0; y < 4; ++y) {
      for (std::size_t column = 0; column < 4; ++column) {
        const float found = dst[(y * 4 + column) * static_cast<std::size_t>(block_channels) + 5];
        const float expected = y < 3 ? x[(y + 1) * 7 + column + 3] + 0.5F : -7.F;  // the last row is cut off
        EXPECT_NEAR(found, expected, 2e-5F) << k->isa << " at " << column << "," << y;
      }
    }
  }
}

TEST(Kernels, MapColorsOfEveryPixelByItself) {
  for (const Kernels* k : usable_kernels()) {
    for (const std::int64_t n : {1, 15, 16, 37}) {
      constexpr int kUnits = 5;
      const std::vector<float> src = random_values(3 * n, -1, 1);
      const std::vector<float> units = random_values(kUnits * kColorUnit, -2, 2);
      const float bias[] = {0.1F, -0.2F, 0.3F};
      std::vector<float> dst(static_cast<std::size_t>(3 * n + 1), 7.F);
      ColorMapLine line{.units = units.data(), .n_units = kUnits, .bias = bias};
      for (int c = 0; c < 3; ++c) {
        line.src[c] = src.data() + c * n;
        line.dst[c] = dst.data() + c * n;
      }
      k->color_map(n, line);
      EXPECT_EQ(dst.back(), 7.F) << k->isa << ": written beyond the line";
      for (std::int64_t x = 0; x < n; ++x) {
        const double rgb[] = {line.src[0][x], line.src[1][x], line.src[2][x]};
        for (int c = 0; c < 3; ++c) {
          double expected = rgb[c] + static_cast<double>(bias[c]);
          for (int u = 0; u < kUnits; ++u) {
            const auto unit = std::vector<double>(units.begin() + u * kColorUnit, units.begin() + (u + 1) * kColorUnit);
            expected += unit[4 + static_cast<std::size_t>(c)] *
                        std::tanh(unit[0] * rgb[0] + unit[1] * rgb[1] + unit[2] * rgb[2] + unit[3]);
          }
          ASSERT_NEAR(line.dst[c][x], expected, 1e-5) << k->isa << " channel " << c << " at " << x << " of " << n;
        }
      }
    }
  }
}

TEST(Kernels, SumFewResultsOverRowsTapsAndChannels) {
  for (const Kernels* k : usable_kernels()) {
    for (int n_results = 1; n_results <= 4; ++n_results) {
      constexpr std::int64_t kPixels = 29;
      constexpr int kTaps = 3;
      const std::int64_t block_channels = k->block_channels;
      const std::vector<float> upper = random_values((kPixels + kTaps - 1) * block_channels, -1, 1);
      const std::vector<float> lower = random_values((kPixels + kTaps - 1) * block_channels, 0, 2);
      const std::vector<float> weight = random_values(kTaps * n_results * block_channels, -1, 1);
      const float bias[] = {1, 2, 3, 4};
      std::vector<float> dst(static_cast<std::size_t>(n_results * kPixels));
      float* lines[4] = {};
      for (int i = 0; i < n_results; ++i) lines[i] = dst.data() + i * kPixels;
      const NarrowRow rows[] = {{upper.data(), weight.data()}, {lower.data(), weight.data()}};
      k->narrow(kPixels, {rows, 2, kTaps, n_results, lines, bias});
      for (int i = 0; i < n_results; ++i) {
        for (std::int64_t x = 0; x < kPixels; ++x) {
          double expected = static_cast<double>(bias[i]);
          for (std::int64_t j = 0; j < kTaps * block_channels; ++j) {
            const auto at = static_cast<std::size_t>(x * block_channels + j);
            const auto w =
                static_cast<std::size_t>((j / block_channels * n_results + i) * block_channels + j % block_channels);
            expected += static_cast<double>(upper[at] + lower[at]) * static_cast<double>(weight[w]);
          }
          ASSERT_NEAR(lines[i][x], expected, 1e-5) << k->isa << " result " << i << " of " << n_results << " at " << x;
        }
      }
    }
  }
}

}  // namespace
}  // namespace genga::engine
