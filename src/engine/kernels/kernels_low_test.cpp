// 16-bit products against f32 products of the same rounded numbers.
#include "engine/kernels/kernels_low.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "engine/kernels/isa.h"
#include "genga/base.h"

namespace genga::engine {

const LowKernels& kernels_f16_emulated();

namespace {

/// Those of this processor, and the emulation of f16 where there is AVX-512.
std::vector<const LowKernels*> tested_kernels() {
  std::vector<const LowKernels*> tested = usable_low_kernels();
#ifdef GENGA_EMULATED_F16
  if (usable_kernels().back() == &kernels_avx512()) tested.push_back(&kernels_f16_emulated());
#endif
  return tested;
}

class LowKernelsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (tested_kernels().empty()) GTEST_SKIP() << "this machine has no AVX-512: 16-bit kernels do not run";
  }
};

float widen(const LowKernels& kernels, std::uint16_t number) {
  if (std::string_view(kernels.numbers) == "f16") return half_to_float(number);
  return std::bit_cast<float>(std::uint32_t{number} << 16U);
}

std::vector<float> random_values(std::size_t n) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(-2, 2);
  std::vector<float> values(n);
  for (float& value : values) value = uniform(random);
  return values;
}

TEST_F(LowKernelsTest, RoundToNearest) {
  for (const LowKernels* k : tested_kernels()) {
    const std::vector<float> values = random_values(48);
    std::vector<std::uint16_t> numbers(3 * 20, 7);
    k->narrow(numbers.data(), 20, values.data(), 3);
    const float half_step = std::string_view(k->numbers) == "f16" ? 0x1p-11F : 0x1p-8F;
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(widen(*k, numbers[i / 16 * 20 + i % 16]), values[i], std::abs(values[i]) * half_step * 1.001F)
          << k->numbers;
    }
    EXPECT_EQ(numbers[16], 7) << k->numbers << ": nothing is written between blocks";
  }
}

/// Every product of every tile and block, odd and even numbers of blocks, upsampled or not.
void expect_products(const LowKernels& k, const WinogradSize& size) {
  const auto n_tiles = static_cast<std::size_t>(size.n_tiles), in = static_cast<std::size_t>(size.in_blocks) * 16,
             out = static_cast<std::size_t>(size.out_blocks) * 16,
             together = static_cast<std::size_t>(k.channels_together);
  std::vector<std::uint16_t> v(36 * in * n_tiles), u(36 * in * out);
  k.narrow(v.data(), 16, random_values(v.size()).data(), static_cast<std::int64_t>(v.size() / 16));
  k.narrow(u.data(), 16, random_values(u.size()).data(), static_cast<std::int64_t>(u.size() / 16));
  std::vector<float> m(36 * out * n_tiles, -1);
  k.winograd_multiply(m.data(), v.data(), u.data(), size);
  for (std::size_t i = 0; i < m.size(); ++i) {
    const std::size_t lane = i % 16, tile = i / 16 % n_tiles, block = i / 16 / n_tiles % (out / 16),
                      p = i / 16 / n_tiles / (out / 16);
    if (size.upsampled && (p / 6 == 2 || p % 6 == 2)) {
      ASSERT_EQ(m[i], -1) << "product " << p;
      continue;
    }
    const std::size_t pair = block / 2 * 32, width = std::min<std::size_t>(32, out - pair), o = block % 2 * 16 + lane;
    double sum = 0;
    for (std::size_t c = 0; c < in; ++c) {
      const float value = widen(k, v[((p * in / 16 + c / 16) * n_tiles + tile) * 16 + c % 16]);
      const float weight =
          widen(k, u[(p * out + pair) * in + c / together * together * width + o * together + c % together]);
      sum += static_cast<double>(value * weight);
    }
    // f16 sums of 16 products round to 11 bits; those of bf16 are f32.
    ASSERT_NEAR(m[i], sum, k.channels_together == 1 ? 0.15 : 1e-3) << k.numbers << " product " << p << " tile " << tile;
  }
}

TEST_F(LowKernelsTest, MultiplyWinogradsProducts) {
  for (const LowKernels* k : tested_kernels()) {
    for (const WinogradSize& size : {WinogradSize{12, 1, 1}, {24, 2, 3}, {12, 3, 2, true}}) expect_products(*k, size);
  }
}

}  // namespace
}  // namespace genga::engine
