// Fourier transform of planes. By hand: kissfft gives the same within rounding, but takes three times as long
// (docs/performance.md).
#include "filters/smoothing/fourier.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

namespace genga::filters {

FourierTransform::Axis FourierTransform::make_axis(int size) {
  Axis axis{size};
  int rest = size;
  for (; rest % 4 == 0; rest /= 4) axis.radices.push_back(4);
  for (int prime = 2; rest > 1; ++prime) {
    for (; rest % prime == 0; rest /= prime) axis.radices.push_back(prime);
  }
  for (int k = 0; k < size; ++k) {
    const double angle = -2 * std::numbers::pi * k / size;
    axis.roots.emplace_back(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  }
  return axis;
}

FourierTransform::FourierTransform(int height, int width)
    : vertical_(make_axis(height)),
      horizontal_(make_axis(width)),
      block_(std::max(height, width)),
      other_block_(block_.size()),
      transposed_re_(static_cast<std::size_t>(height) * width),
      transposed_im_(transposed_re_.size()) {}

void FourierTransform::run_radix4(const Stage& stage) {
  const auto& roots = stage.axis.roots;
  const int done = stage.done, rest = stage.axis.size / (4 * done), step = done * rest;
  for (int j = 0; j < rest; ++j) {
    const std::complex<float> w1 = roots[j * done], w2 = roots[2 * j * done], w3 = roots[3 * j * done];
    for (int k = 0; k < done; ++k) {
      const BlockRow* in = stage.src + done * j + k;
      const BlockRow &in0 = in[0], &in1 = in[step], &in2 = in[2 * step], &in3 = in[3 * step];
      BlockRow* out = stage.dst + 4 * done * j + k;
      BlockRow &out0 = out[0], &out1 = out[done], &out2 = out[2 * done], &out3 = out[3 * done];
      for (int l = 0; l < kVecs; ++l) {
        const Vec a_re = in0.re[l] + in2.re[l], a_im = in0.im[l] + in2.im[l];
        const Vec b_re = in0.re[l] - in2.re[l], b_im = in0.im[l] - in2.im[l];
        const Vec c_re = in1.re[l] + in3.re[l], c_im = in1.im[l] + in3.im[l];
        const Vec d_re = in1.re[l] - in3.re[l], d_im = in1.im[l] - in3.im[l];
        out0.re[l] = a_re + c_re;
        out0.im[l] = a_im + c_im;
        const Vec f1_re = b_re + d_im, f1_im = b_im - d_re;
        out1.re[l] = f1_re * w1.real() - f1_im * w1.imag();
        out1.im[l] = f1_re * w1.imag() + f1_im * w1.real();
        const Vec f2_re = a_re - c_re, f2_im = a_im - c_im;
        out2.re[l] = f2_re * w2.real() - f2_im * w2.imag();
        out2.im[l] = f2_re * w2.imag() + f2_im * w2.real();
        const Vec f3_re = b_re - d_im, f3_im = b_im + d_re;
        out3.re[l] = f3_re * w3.real() - f3_im * w3.imag();
        out3.im[l] = f3_re * w3.imag() + f3_im * w3.real();
      }
    }
  }
}

void FourierTransform::run_any_radix(const Stage& stage) {
  const auto& roots = stage.axis.roots;
  const int size = stage.axis.size, radix = stage.radix, done = stage.done;
  const int rest = size / (radix * done), step = done * rest;
  for (int j = 0; j < rest; ++j) {
    for (int k = 0; k < done; ++k) {
      const BlockRow* in = stage.src + done * j + k;
      for (int q = 0; q < radix; ++q) {
        BlockRow sum = in[0];
        int turn = 0;  // of term r: q r / radix, in 1 / size
        for (int r = 1; r < radix; ++r) {
          turn += q * (size / radix);
          if (turn >= size) turn -= size;
          const std::complex<float> root = roots[turn];
          const BlockRow& term = in[r * step];
          for (int l = 0; l < kVecs; ++l) {
            sum.re[l] += term.re[l] * root.real() - term.im[l] * root.imag();
            sum.im[l] += term.re[l] * root.imag() + term.im[l] * root.real();
          }
        }
        const std::complex<float> twiddle = roots[j * done * q];
        BlockRow& out = stage.dst[done * (radix * j + q) + k];
        for (int l = 0; l < kVecs; ++l) {
          out.re[l] = sum.re[l] * twiddle.real() - sum.im[l] * twiddle.imag();
          out.im[l] = sum.re[l] * twiddle.imag() + sum.im[l] * twiddle.real();
        }
      }
    }
  }
}

/// Transforms block_; returns where the result is.
const FourierTransform::BlockRow* FourierTransform::transform_block(const Axis& axis) {
  BlockRow *src = block_.data(), *dst = other_block_.data();
  int done = 1;
  for (const int radix : axis.radices) {
    const Stage stage{axis, radix, done, src, dst};
    radix == 4 ? run_radix4(stage) : run_any_radix(stage);
    done *= radix;
    std::swap(src, dst);
  }
  return src;
}

/// [axis.size, columns] to [columns, axis.size].
void FourierTransform::transform_columns(const Axis& axis, int columns, const float* re, const float* im, float* dst_re,
                                         float* dst_im) {
  for (int first = 0; first < columns; first += kBlockColumns) {
    const int count = std::min(kBlockColumns, columns - first);
    if (count < kBlockColumns) std::fill(block_.begin(), block_.end(), BlockRow{});
    const std::size_t bytes = count * sizeof(float);
    for (int i = 0; i < axis.size; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * columns + first;
      std::memcpy(&block_[i].re, re + at, bytes);
      std::memcpy(&block_[i].im, im + at, bytes);
    }
    const BlockRow* result = transform_block(axis);
    for (int l = 0; l < count; ++l) {
      const std::size_t row = static_cast<std::size_t>(first + l) * axis.size;
      for (int i = 0; i < axis.size; ++i) {
        dst_re[row + i] = result[i].re[l / 4][l % 4];
        dst_im[row + i] = result[i].im[l / 4][l % 4];
      }
    }
  }
}

void FourierTransform::forward(float* re, float* im) {
  transform_columns(vertical_, horizontal_.size, re, im, transposed_re_.data(), transposed_im_.data());
  transform_columns(horizontal_, vertical_.size, transposed_re_.data(), transposed_im_.data(), re, im);
}

}  // namespace genga::filters
