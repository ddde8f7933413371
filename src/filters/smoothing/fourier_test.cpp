// The Fourier transform against its definition.
#include "filters/smoothing/fourier.h"

#include <gtest/gtest.h>

#include <numbers>
#include <utility>

#include "genga/random.h"

namespace genga::filters {
namespace {

using Complex = std::complex<double>;

struct Field {
  int height, width;
  std::vector<float> re, im;
};

Field noise(int height, int width) {
  Field field{height, width, {}, {}};
  Rng rng(7, static_cast<std::uint64_t>(height) * 1000 + width);
  for (int i = 0; i < height * width; ++i) {
    field.re.push_back(static_cast<float>(rng.uniform()) - 0.5F);
    field.im.push_back(static_cast<float>(rng.uniform()) - 0.5F);
  }
  return field;
}

/// The defining sum.
Complex frequency(const Field& field, int v, int u) {
  Complex sum = 0;
  for (int y = 0; y < field.height; ++y) {
    for (int x = 0; x < field.width; ++x) {
      const double turns = static_cast<double>(v * y) / field.height + static_cast<double>(u * x) / field.width;
      const std::size_t at = static_cast<std::size_t>(y) * field.width + x;
      sum += Complex(field.re[at], field.im[at]) * std::polar(1.0, -2 * std::numbers::pi * turns);
    }
  }
  return sum;
}

// Radices 2, 3, 4, 5, 7, 31, all alone and mixed; more and fewer columns than a block has; sides of 1.
constexpr std::array<std::pair<int, int>, 10> kSizes{
    {{1, 1}, {1, 7}, {2, 1}, {3, 4}, {5, 8}, {16, 9}, {17, 13}, {24, 20}, {31, 33}, {40, 48}}};

TEST(FourierTransform, EqualsItsDefinition) {
  for (const auto& [height, width] : kSizes) {
    const Field field = noise(height, width);
    Field out = field;
    FourierTransform(height, width).forward(out.re.data(), out.im.data());
    for (int v = 0; v < height; ++v) {
      for (int u = 0; u < width; ++u) {
        const Complex expected = frequency(field, v, u);
        const std::size_t at = static_cast<std::size_t>(v) * width + u;
        EXPECT_NEAR(out.re[at], expected.real(), 4e-5) << height << " x " << width << " at " << v << ", " << u;
        EXPECT_NEAR(out.im[at], expected.imag(), 4e-5) << height << " x " << width << " at " << v << ", " << u;
      }
    }
  }
}

TEST(FourierTransform, BackwardUndoesForward) {
  for (const auto& [height, width] : kSizes) {
    const Field field = noise(height, width);
    Field out = field;
    FourierTransform transform(height, width);
    transform.forward(out.re.data(), out.im.data());
    transform.backward(out.re.data(), out.im.data());
    const auto pixels = static_cast<float>(height * width);
    for (std::size_t i = 0; i < field.re.size(); ++i) {
      EXPECT_NEAR(out.re[i] / pixels, field.re[i], 1e-6) << height << " x " << width;
      EXPECT_NEAR(out.im[i] / pixels, field.im[i], 1e-6) << height << " x " << width;
    }
  }
}

}  // namespace
}  // namespace genga::filters
