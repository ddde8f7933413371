// Conversion to planes and CIE Lab, and the Gaussian blur.
#include "filters/planes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/reflect.h"

namespace genga::filters {
namespace {

// IEC 61966-2-1 and CIE 15: sRGB transfer curve, primaries, D65 white.
constexpr float kWhiteX = 0.950456F, kWhiteZ = 1.088754F;
constexpr float kLinearPart = 0.008856F;  // of the Lab curve, as Y/Yn

std::array<float, 256> linear_of_byte(Transfer transfer) {
  std::array<float, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const double v = static_cast<double>(i) / 255;
    const double curve = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    table[i] = static_cast<float>(transfer == Transfer::kSrgb ? curve : v);
  }
  return table;
}

std::uint8_t byte_of_linear(float v, Transfer transfer) {
  const float x = std::clamp(v, 0.0F, 1.0F);
  if (transfer == Transfer::kLinear) return static_cast<std::uint8_t>(std::lround(x * 255));
  const float coded = x <= 0.0031308F ? 12.92F * x : 1.055F * std::pow(x, 1 / 2.4F) - 0.055F;
  return static_cast<std::uint8_t>(std::lround(coded * 255));
}

float lab_curve(float t) {
  return t > kLinearPart ? std::cbrt(t) : 7.787F * t + 16.0F / 116;
}
float inverse_lab_curve(float f) {
  return f > 0.206893F ? f * f * f : (f - 16.0F / 116) / 7.787F;
}

std::vector<float> gaussian(double sigma) {
  const int radius = static_cast<int>(4 * sigma + 0.5);
  std::vector<double> kernel;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    kernel.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += kernel.back();
  }
  std::vector<float> normalized;
  for (const double k : kernel) normalized.push_back(static_cast<float>(k / sum));
  return normalized;
}

void blur_rows(std::span<const float> src, std::span<float> dst, int width, int height,
               const std::vector<float>& kernel) {
  const int radius = static_cast<int>(kernel.size()) / 2;
  std::vector<float> line(static_cast<std::size_t>(width) + 2 * radius);
  for (int y = 0; y < height; ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * width;
    for (int x = -radius; x < width + radius; ++x) line[x + radius] = src[row + reflect_with_edge(x, width)];
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      for (std::size_t k = 0; k < kernel.size(); ++k) sum += kernel[k] * line[x + k];
      dst[row + x] = sum;
    }
  }
}

void blur_columns(std::span<const float> src, std::span<float> dst, int width, int height,
                  const std::vector<float>& kernel) {
  const int radius = static_cast<int>(kernel.size()) / 2;
  for (int y = 0; y < height; ++y) {
    float* out = dst.data() + static_cast<std::size_t>(y) * width;
    std::fill(out, out + width, 0.0F);
    for (int k = -radius; k <= radius; ++k) {
      const float* in = src.data() + static_cast<std::size_t>(reflect_with_edge(y + k, height)) * width;
      const float weight = kernel[static_cast<std::size_t>(k + radius)];
      for (int x = 0; x < width; ++x) out[x] += weight * in[x];
    }
  }
}

}  // namespace

Planes to_planes(const image::Image& src) {
  Planes dst{src.width, src.height, std::vector<float>(src.rgb.size())};
  const std::size_t n = dst.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < 3; ++c) dst.values[c * n + i] = static_cast<float>(src.rgb[i * 3 + c]) / 255;
  }
  return dst;
}

Planes to_lab(const image::Image& src, Transfer transfer) {
  static const std::array<float, 256> kSrgb = linear_of_byte(Transfer::kSrgb);
  static const std::array<float, 256> kLinear = linear_of_byte(Transfer::kLinear);
  const std::array<float, 256>& light = transfer == Transfer::kSrgb ? kSrgb : kLinear;
  Planes dst{src.width, src.height, std::vector<float>(src.rgb.size())};
  const std::size_t n = dst.size();
  for (std::size_t i = 0; i < n; ++i) {
    const float r = light[src.rgb[i * 3]], g = light[src.rgb[i * 3 + 1]], b = light[src.rgb[i * 3 + 2]];
    const float y = 0.212671F * r + 0.715160F * g + 0.072169F * b;
    const float fx = lab_curve((0.412453F * r + 0.357580F * g + 0.180423F * b) / kWhiteX);
    const float fy = lab_curve(y);
    const float fz = lab_curve((0.019334F * r + 0.119193F * g + 0.950227F * b) / kWhiteZ);
    dst.values[i] = 116 * fy - 16;
    dst.values[n + i] = 500 * (fx - fy);
    dst.values[2 * n + i] = 200 * (fy - fz);
  }
  return dst;
}

image::Image from_lab(const Planes& lab, Transfer transfer) {
  image::Image dst{lab.width, lab.height, std::vector<std::uint8_t>(lab.values.size())};
  const std::size_t n = lab.size();
  for (std::size_t i = 0; i < n; ++i) {
    const float fy = (lab.values[i] + 16) / 116;
    const float x = kWhiteX * inverse_lab_curve(fy + lab.values[n + i] / 500);
    const float y = inverse_lab_curve(fy);
    const float z = kWhiteZ * inverse_lab_curve(fy - lab.values[2 * n + i] / 200);
    dst.rgb[i * 3] = byte_of_linear(3.240479F * x - 1.537150F * y - 0.498535F * z, transfer);
    dst.rgb[i * 3 + 1] = byte_of_linear(-0.969256F * x + 1.875992F * y + 0.041556F * z, transfer);
    dst.rgb[i * 3 + 2] = byte_of_linear(0.055648F * x - 0.204043F * y + 1.057311F * z, transfer);
  }
  return dst;
}

Planes gaussian_blur(const Planes& src, double sigma) {
  const std::vector<float> kernel = gaussian(sigma);
  Planes dst{src.width, src.height, std::vector<float>(src.values.size())};
  std::vector<float> between(src.size());
  for (int c = 0; c < 3; ++c) {
    blur_columns(src.plane(c), between, src.width, src.height, kernel);
    blur_rows(between, dst.plane(c), src.width, src.height, kernel);
  }
  return dst;
}

}  // namespace genga::filters
