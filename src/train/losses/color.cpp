// Color spaces and color losses as LibTorch operations.
#include "train/losses/color.h"

#include <array>

namespace genga::train {
namespace {

using Matrix = std::array<float, 9>;  // row by row

/// Every pixel's color times a matrix. [N,3,H,W]
at::Tensor transformed(const at::Tensor& color, const Matrix& matrix) {
  const at::Tensor kernel = at::tensor(at::ArrayRef<float>(matrix)).view({3, 3, 1, 1}).to(color.options());
  return at::conv2d(color, kernel);
}

at::Tensor channel(const at::Tensor& image, std::int64_t index) {
  return image.narrow(1, index, 1);
}

/// IEC 61966-2-1; the power gets no gradient where it is not used, or dark pixels would give infinities.
at::Tensor srgb_to_linear(const at::Tensor& rgb) {
  constexpr double kKnee = 0.04045;
  const at::Tensor curve = ((rgb.clamp_min(kKnee) + 0.055) / 1.055).pow(2.4);
  return at::where(rgb > kKnee, curve, rgb / 12.92);
}

/// CIE 15:2004, f of eq. (8.6).
at::Tensor lab_curve(const at::Tensor& t) {
  constexpr double kDelta = 6.0 / 29;
  constexpr double kKnee = kDelta * kDelta * kDelta;
  return at::where(t > kKnee, t.clamp_min(kKnee).pow(1.0 / 3), t / (3 * kDelta * kDelta) + 4.0 / 29);
}

}  // namespace

at::Tensor rgb_to_yuv(const at::Tensor& rgb) {
  constexpr Matrix kYuv{0.299F,       0.587F,       0.114F,       //
                        -0.14714119F, -0.28886916F, 0.43601035F,  //
                        0.61497538F,  -0.51496512F, -0.10001026F};
  return transformed((rgb + 1) / 2, kYuv);
}

at::Tensor rgb_to_lab(const at::Tensor& rgb) {
  // sRGB to XYZ, each row divided by the white point D65 (0.95047, 1, 1.08883).
  constexpr Matrix kXyz{0.412453F / 0.95047F,
                        0.357580F / 0.95047F,
                        0.180423F / 0.95047F,  //
                        0.212671F,
                        0.715160F,
                        0.072169F,  //
                        0.019334F / 1.08883F,
                        0.119193F / 1.08883F,
                        0.950227F / 1.08883F};
  const at::Tensor f = lab_curve(transformed(srgb_to_linear(((rgb + 1) / 2).clamp(0, 1)), kXyz));
  const at::Tensor fx = channel(f, 0), fy = channel(f, 1), fz = channel(f, 2);
  return at::cat({116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)}, 1);
}

at::Tensor grey_rgb(const at::Tensor& rgb) {
  const at::Tensor grey = 0.2989 * channel(rgb, 0) + 0.5870 * channel(rgb, 1) + 0.1140 * channel(rgb, 2);
  return grey.expand({-1, 3, -1, -1});
}

at::Tensor random_luma(const at::Tensor& rgb, StepContext& context) {
  const auto draw = [&](double low, double high) { return low + (high - low) * context.chance(); };
  const double blue = draw(0.014, 0.214), green = draw(0.487, 0.687), red = draw(0.199, 0.399);
  return (red * channel(rgb, 0) + green * channel(rgb, 1) + blue * channel(rgb, 2)) / (red + green + blue);
}

at::Tensor yuv_loss(const at::Tensor& image, const at::Tensor& target) {
  const at::Tensor error = rgb_to_yuv(image) - rgb_to_yuv(target);
  const at::Tensor chroma = error.narrow(1, 1, 2);
  // Both channels have the same size: twice the mean over both is the sum of their means.
  const at::Tensor huber = at::huber_loss(chroma, at::zeros_like(chroma), at::Reduction::Mean, /*delta=*/1);
  return channel(error, 0).abs().mean() + 2 * huber;
}

at::Tensor lab_loss(const at::Tensor& image, const at::Tensor& target) {
  const at::Tensor error = (rgb_to_lab(image) - rgb_to_lab(target)).abs().mean({0, 2, 3});  // [3]
  return 2 * error[0] / 100 + (error[1] + error[2]) / 255;
}

}  // namespace genga::train
