// Structure tensor, line integral convolution and shock filter. This is the direction of forms in one image, not motion
// between two (eval/measures/optical_flow.h).
#include "filters/flow.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace genga::filters {
namespace {

constexpr float kTiny = 1e-9F;
constexpr double kShockBlur = 1;      // of the lightness whose curvature decides
constexpr float kShockRadius = 1.5F;  // how far from a pixel curvature is measured
constexpr float kMinShock = 0.004F;   // curvature below it is left alone: flat paint, not an edge

template <std::size_t Channels>
using Pixel = std::array<float, Channels>;

/// Bilinear between pixel centres; positions outside are clamped.
template <std::size_t Channels>
class Sampler {
 public:
  Sampler(std::span<const float> pixels, int width, int height) : pixels_(pixels), width_(width), height_(height) {}

  Pixel<Channels> at(float x, float y) const {
    x = std::clamp(x, 0.0F, static_cast<float>(width_ - 1));
    y = std::clamp(y, 0.0F, static_cast<float>(height_ - 1));
    const int left = static_cast<int>(x), top = static_cast<int>(y);
    const int right = std::min(left + 1, width_ - 1), bottom = std::min(top + 1, height_ - 1);
    const float fx = x - static_cast<float>(left), fy = y - static_cast<float>(top);
    const float *a = pixel(left, top), *b = pixel(right, top), *c = pixel(left, bottom), *d = pixel(right, bottom);
    Pixel<Channels> mixed{};
    for (std::size_t i = 0; i < Channels; ++i) {
      const float upper = a[i] + (b[i] - a[i]) * fx, lower = c[i] + (d[i] - c[i]) * fx;
      mixed[i] = upper + (lower - upper) * fy;
    }
    return mixed;
  }

 private:
  const float* pixel(int x, int y) const {
    return pixels_.data() + (static_cast<std::size_t>(y) * width_ + x) * Channels;
  }

  std::span<const float> pixels_;
  int width_, height_;
};

float lightness(const float* rgb) {
  return 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2];
}

/// Four values a pixel, the last 0, so that one pixel fills a vector register.
std::vector<float> interleave(const Planes& planes) {
  std::vector<float> pixels(planes.size() * 4, 0.0F);
  for (int c = 0; c < 3; ++c) {
    const std::span<const float> plane = planes.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) pixels[i * 4 + c] = plane[i];
  }
  return pixels;
}

Planes deinterleave(const std::vector<float>& pixels, int width, int height) {
  Planes planes{width, height, std::vector<float>(static_cast<std::size_t>(width) * height * 3)};
  for (int c = 0; c < 3; ++c) {
    const std::span<float> plane = planes.plane(c);
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = pixels[i * 4 + c];
  }
  return planes;
}

/// xx, yy and xy of the structure tensor, summed over the colors, before smoothing.
Planes gradient_products(const Planes& rgb) {
  const int w = rgb.width, h = rgb.height;
  Planes products{w, h, std::vector<float>(rgb.values.size(), 0.0F)};
  for (int c = 0; c < 3; ++c) {
    const std::span<const float> plane = rgb.plane(c);
    for (int y = 0; y < h; ++y) {
      const float* rows[3];
      for (int i = 0; i < 3; ++i)
        rows[i] = plane.data() + static_cast<std::size_t>(std::clamp(y + i - 1, 0, h - 1)) * w;
      for (int x = 0; x < w; ++x) {
        const int l = std::max(x - 1, 0), r = std::min(x + 1, w - 1);
        const float dx = (rows[0][r] - rows[0][l] + 2 * (rows[1][r] - rows[1][l]) + rows[2][r] - rows[2][l]) / 8;
        const float dy = (rows[2][l] - rows[0][l] + 2 * (rows[2][x] - rows[0][x]) + rows[2][r] - rows[0][r]) / 8;
        const std::size_t i = static_cast<std::size_t>(y) * w + x;
        products.plane(0)[i] += dx * dx;
        products.plane(1)[i] += dy * dy;
        products.plane(2)[i] += dx * dy;
      }
    }
  }
  return products;
}

}  // namespace

Flow::Flow(const Planes& rgb, double sigma) : width_(rgb.width), height_(rgb.height), along_(rgb.size()) {
  const Planes tensor = gaussian_blur(gradient_products(rgb), sigma);
  for (std::size_t i = 0; i < along_.size(); ++i) {
    const float xx = tensor.plane(0)[i], yy = tensor.plane(1)[i], xy = tensor.plane(2)[i];
    const float larger = (xx + yy + std::sqrt((xx - yy) * (xx - yy) + 4 * xy * xy)) / 2;
    // The gradient's eigenvector is (xy, larger - xx) or (larger - yy, xy), whichever is longer; the flow is across it.
    Vector v = xx < yy ? Vector{larger - xx, -xy} : Vector{xy, yy - larger};
    const float length = std::sqrt(v.x * v.x + v.y * v.y);
    along_[i] = length > kTiny ? Vector{v.x / length, v.y / length} : Vector{1, 0};
  }
}

template <std::size_t Channels>
std::vector<float> Flow::trace(std::span<const float> pixels, double sigma) const {
  const Sampler<Channels> sampler(pixels, width_, height_);
  std::vector<float> weights;
  for (int i = 0; i <= static_cast<int>(std::ceil(2 * sigma)); ++i) {
    weights.push_back(static_cast<float>(std::exp(-i * i / (2 * sigma * sigma))));
  }
  std::vector<float> smoothed(pixels.size());
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      const std::size_t here = static_cast<std::size_t>(y) * width_ + x;
      Pixel<Channels> sum{};
      std::copy_n(pixels.data() + here * Channels, Channels, sum.data());
      float total = 1;
      for (const float side : {1.0F, -1.0F}) {
        Vector step{side * along_[here].x, side * along_[here].y};
        float px = static_cast<float>(x), py = static_cast<float>(y);
        for (std::size_t i = 1; i < weights.size(); ++i) {
          px += step.x;
          py += step.y;
          const Pixel<Channels> value = sampler.at(px, py);
          for (std::size_t c = 0; c < Channels; ++c) sum[c] += weights[i] * value[c];
          total += weights[i];
          const int nx = std::clamp(static_cast<int>(px + 0.5F), 0, width_ - 1);
          const int ny = std::clamp(static_cast<int>(py + 0.5F), 0, height_ - 1);
          const Vector next = along_[static_cast<std::size_t>(ny) * width_ + nx];
          const float sign = next.x * step.x + next.y * step.y < 0 ? -1.0F : 1.0F;
          step = {sign * next.x, sign * next.y};
        }
      }
      for (std::size_t c = 0; c < Channels; ++c) smoothed[here * Channels + c] = sum[c] / total;
    }
  }
  return smoothed;
}

std::vector<float> Flow::smooth(std::span<const float> plane, double sigma) const {
  return trace<1>(plane, sigma);
}

Planes Flow::smooth(const Planes& planes, double sigma) const {
  return deinterleave(trace<4>(interleave(planes), sigma), width_, height_);
}

Planes Flow::sharpen(const Planes& rgb) const {
  const std::vector<float> pixels = interleave(rgb), blurred = interleave(gaussian_blur(rgb, kShockBlur));
  const Sampler<4> colors(pixels, width_, height_), forms(blurred, width_, height_);
  std::vector<float> sharp = pixels;
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      const std::size_t here = static_cast<std::size_t>(y) * width_ + x;
      const float ax = along_[here].y, ay = -along_[here].x;  // across
      const auto px = static_cast<float>(x), py = static_cast<float>(y);
      const float curvature = lightness(forms.at(px + kShockRadius * ax, py + kShockRadius * ay).data()) +
                              lightness(forms.at(px - kShockRadius * ax, py - kShockRadius * ay).data()) -
                              2 * lightness(blurred.data() + here * 4);
      if (std::abs(curvature) <= kMinShock) continue;
      float best = lightness(pixels.data() + here * 4);
      for (const float side : {1.0F, -1.0F}) {
        const Pixel<4> value = colors.at(px + side * ax, py + side * ay);
        const float light = lightness(value.data());
        if (curvature > 0 ? light >= best : light <= best) continue;
        best = light;
        std::copy_n(value.data(), 4, sharp.data() + here * 4);
      }
    }
  }
  return deinterleave(sharp, width_, height_);
}

Planes smooth_along_flow(Planes rgb, const FlowSmoothing& options) {
  for (int i = 0; i < options.passes; ++i) {
    const Flow flow(rgb, options.sigma);
    rgb = flow.sharpen(flow.smooth(rgb, options.length));
  }
  return options.passes > 0 ? Flow(rgb, options.sigma).smooth(rgb, 1) : rgb;  // sharpening leaves jagged edges
}

}  // namespace genga::filters
