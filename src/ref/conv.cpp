// Convolution, transposed convolution and the fully connected layer.

#include <algorithm>

#include "genga/reflect.h"
#include "ref/ops.h"

namespace genga::ref {
namespace {

/// Where position i, maybe outside, is read from in a row of `length`; -1: it counts as zero.
std::int64_t padded(std::int64_t i, std::int64_t length, ir::PadMode mode) {
  if (i >= 0 && i < length) return i;
  switch (mode) {
    case ir::PadMode::kZero:
      return -1;
    case ir::PadMode::kReflect:
      return reflect(i, length);
    case ir::PadMode::kReplicate:
      return std::clamp<std::int64_t>(i, 0, length - 1);
  }
  return -1;
}

float bias_of(const Weights& weights, std::int64_t out) {
  return weights.bias.empty() ? 0.0F : weights.bias[static_cast<std::size_t>(out)];
}

double conv_pixel(const ir::Conv2d& op, const Array& src, const Weights& weights, std::int64_t n, std::int64_t out,
                  std::int64_t y, std::int64_t x) {
  const ir::Shape& s = src.shape;
  const std::int64_t group_channels = s.c / op.groups;
  const std::int64_t first_channel = out / (op.out / op.groups) * group_channels;
  const ir::Shape w{op.out, group_channels, op.kernel, op.kernel};
  double sum = bias_of(weights, out);
  for (std::int64_t ky = 0; ky < op.kernel; ++ky) {
    const std::int64_t sy = padded(y * op.stride + ky - op.pad[0], s.h, op.pad_mode);
    if (sy < 0) continue;
    for (std::int64_t kx = 0; kx < op.kernel; ++kx) {
      const std::int64_t sx = padded(x * op.stride + kx - op.pad[1], s.w, op.pad_mode);
      if (sx < 0) continue;
      for (std::int64_t c = 0; c < group_channels; ++c) {
        sum += static_cast<double>(src.values[at(s, n, first_channel + c, sy, sx)]) *
               static_cast<double>(weights.weight[at(w, out, c, ky, kx)]);
      }
    }
  }
  return sum;
}

/// Adds source pixel (y,x) of channel c, spread by the kernel, to the sums of channel `out`.
void scatter(const ir::ConvTranspose2d& op, const ir::Shape& dst, double value, const float* kernel, std::int64_t y,
             std::int64_t x, double* sums) {
  for (std::int64_t ky = 0; ky < op.kernel; ++ky) {
    const std::int64_t dy = y * op.stride + ky - op.pad;
    if (dy < 0 || dy >= dst.h) continue;
    for (std::int64_t kx = 0; kx < op.kernel; ++kx) {
      const std::int64_t dx = x * op.stride + kx - op.pad;
      if (dx < 0 || dx >= dst.w) continue;
      sums[dy * dst.w + dx] += value * static_cast<double>(kernel[ky * op.kernel + kx]);
    }
  }
}

}  // namespace

Array conv(const ir::Conv2d& op, const Array& src, const Weights& weights, const ir::Shape& shape) {
  Array dst{shape, {}};
  dst.values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t out = 0; out < shape.c; ++out) {
      for (std::int64_t y = 0; y < shape.h; ++y) {
        for (std::int64_t x = 0; x < shape.w; ++x) {
          dst.values.push_back(static_cast<float>(conv_pixel(op, src, weights, n, out, y, x)));
        }
      }
    }
  }
  return dst;
}

Array conv_transpose(const ir::ConvTranspose2d& op, const Array& src, const Weights& weights, const ir::Shape& shape) {
  const ir::Shape& s = src.shape;
  const ir::Shape w{s.c, op.out, op.kernel, op.kernel};
  Array dst{shape, {}};
  dst.values.reserve(static_cast<std::size_t>(shape.size()));
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t out = 0; out < shape.c; ++out) {
      std::vector<double> sums(static_cast<std::size_t>(shape.h * shape.w), bias_of(weights, out));
      for (std::int64_t c = 0; c < s.c; ++c) {
        const float* kernel = &weights.weight[at(w, c, out, 0, 0)];
        for (std::int64_t y = 0; y < s.h; ++y) {
          for (std::int64_t x = 0; x < s.w; ++x) {
            scatter(op, shape, src.values[at(s, n, c, y, x)], kernel, y, x, sums.data());
          }
        }
      }
      for (const double sum : sums) dst.values.push_back(static_cast<float>(sum));
    }
  }
  return dst;
}

Array linear(const ir::Linear& op, const Array& src, const Weights& weights, const ir::Shape& shape) {
  const std::int64_t length = src.shape.size() / src.shape.n;
  Array dst{shape, {}};
  for (std::int64_t n = 0; n < shape.n; ++n) {
    for (std::int64_t out = 0; out < op.out; ++out) {
      double sum = bias_of(weights, out);
      for (std::int64_t i = 0; i < length; ++i) {
        sum += static_cast<double>(src.values[static_cast<std::size_t>(n * length + i)]) *
               static_cast<double>(weights.weight[static_cast<std::size_t>(out * length + i)]);
      }
      dst.values.push_back(static_cast<float>(sum));
    }
  }
  return dst;
}

}  // namespace genga::ref
