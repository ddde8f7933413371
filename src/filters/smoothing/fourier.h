// Two-dimensional discrete Fourier transform, for filters that solve an equation in frequencies.
// Source: Stockham's self-sorting algorithm, mixed radix; Van Loan 1992, "Computational frameworks for the fast Fourier
// transform", sec. 1.7 and 2.1. Sixteen columns are transformed side by side, one in each element of four vectors.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <vector>

namespace genga::filters {

/// Transforms of complex fields of one size, re + i im, both [H,W].
/// Threads: an object has working memory, so one thread at a time. The same bits on every thread and machine of a kind.
/// Cost: about 0.3 ms for 256 x 256; the largest prime factor of a side costs its own size per pixel.
class FourierTransform {
 public:
  /// Sides: 1 or more.
  FourierTransform(int height, int width);

  /// In place: F(v,u) = sum over (y,x) of f(y,x) exp(-2 pi i (v y / H + u x / W)).
  void forward(float* re, float* im);
  /// In place, and the inverse of forward times H W.
  void backward(float* re, float* im) { forward(im, re); }  // exchanging the parts conjugates, up to a factor i

 private:
  // Vectors of GCC and Clang: whether loops over plain arrays become vector code depends on the compiler.
  using Vec = float __attribute__((vector_size(16)));
  static constexpr int kVecs = 4, kBlockColumns = 16;  // one row of a block fills a cache line
  /// One row of a block of kBlockColumns columns.
  struct BlockRow {
    std::array<Vec, kVecs> re, im;
  };
  struct Axis {
    int size;
    std::vector<int> radices{};
    std::vector<std::complex<float>> roots{};  // exp(-2 pi i k / size)
  };
  /// src and dst of a stage: `size` rows. done: product of the radices of the stages before.
  struct Stage {
    const Axis& axis;
    int radix, done;
    const BlockRow* src;
    BlockRow* dst;
  };

  static Axis make_axis(int size);
  static void run_radix4(const Stage& stage);
  static void run_any_radix(const Stage& stage);
  const BlockRow* transform_block(const Axis& axis);
  void transform_columns(const Axis& axis, int columns, const float* re, const float* im, float* dst_re, float* dst_im);

  Axis vertical_, horizontal_;
  std::vector<BlockRow> block_, other_block_;
  std::vector<float> transposed_re_, transposed_im_;
};

}  // namespace genga::filters
