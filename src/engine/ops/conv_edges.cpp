// The border of a convolution by direct sums; see the header.
#include "engine/ops/conv_edges.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/ops/padded_vector.h"

namespace genga::engine {
namespace {

constexpr int kMaxKernel = 4;  // so that the edge is thin

/// How many results along an axis begin in the padding before it, and the first whose filter ends beyond it.
std::pair<std::int64_t, std::int64_t> inside(std::int64_t n_dst, std::int64_t n_src, int pad, const ir::Conv2d& conv) {
  const std::int64_t begin = (pad + conv.stride - 1) / conv.stride;
  const std::int64_t end = (n_src + pad - conv.kernel + conv.stride) / conv.stride;
  return {std::clamp<std::int64_t>(begin, 0, n_dst), std::clamp<std::int64_t>(end, std::min(begin, n_dst), n_dst)};
}

}  // namespace

bool suits_conv_edges(const Step& step) {
  const auto* conv = std::get_if<ConvStep>(&step.op);
  return conv && conv->conv.groups == 1 && conv->conv.kernel <= kMaxKernel && !step.epilogue.residual;
}

ConvEdges::ConvEdges(const ConvStep& conv, const TaskSetup& setup)
    : conv_(conv),
      src_(setup.src[0]),
      dst_(setup.dst),
      epilogue_(setup.step.epilogue, std::nullopt),
      sums_(dst_.stored_channels() * std::int64_t{sizeof(float)}),
      index_(setup.index),
      weights_(setup.weights) {
  std::tie(top_, bottom_) = inside(dst_.shape.h, src_.shape.h, conv.conv.pad[0], conv.conv);
  std::tie(left_, right_) = inside(dst_.shape.w, src_.shape.w, conv.conv.pad[1], conv.conv);
}

void ConvEdges::prepare() {
  using dnnl::memory;
  const std::int64_t taps = std::int64_t{conv_.conv.kernel} * conv_.conv.kernel, out = dst_.stored_channels();
  // Two axes: the cache tells it from a bias by its shape.
  const memory::desc packed({taps * conv_.in_channels, out}, memory::data_type::f32, memory::format_tag::ab);
  weight_ = weights_.get(index_, packed, [&](memory& to) {
    auto* weight = static_cast<float*>(to.get_data_handle());
    std::fill_n(weight, taps * conv_.in_channels * out, 0.F);
    const std::vector<float> plain = conv_.weight.values();  // [out][in][tap]
    auto from = plain.begin();
    for (std::int64_t o = 0; o < conv_.conv.out; ++o) {
      for (std::int64_t i = 0; i < conv_.in_channels; ++i) {
        for (std::int64_t tap = 0; tap < taps; ++tap) weight[(tap * conv_.in_channels + i) * out + o] = *from++;
      }
    }
  });
  const memory::desc bias({out}, memory::data_type::f32, memory::format_tag::a);
  bias_ = weights_.get(index_, bias, bias, [&] { return padded(conv_.bias, dst_); });
}

void ConvEdges::run(const RunContext& context) const {
  parallel_for(dst_.shape.h, [&](std::int64_t y) {
    if (y < top_ || y >= bottom_) return compute(context, y, 0, dst_.shape.w);
    compute(context, y, 0, left_);
    compute(context, y, right_, dst_.shape.w);
  });
}

void ConvEdges::compute(const RunContext& context, std::int64_t y, std::int64_t x_begin, std::int64_t x_end) const {
  const ir::Conv2d& conv = conv_.conv;
  const std::int64_t out = dst_.stored_channels();
  auto* sum = reinterpret_cast<float*>(sums_.of_thread(context.scratch));
  for (std::int64_t x = x_begin; x < x_end; ++x) {
    std::copy_n(static_cast<const float*>(bias_.get_data_handle()), out, sum);
    const float* weight = static_cast<const float*>(weight_.get_data_handle());
    for (int ky = 0; ky < conv.kernel; ++ky) {
      const std::int64_t from_y = border_source(y * conv.stride + ky - conv.pad[0], src_.shape.h, conv.pad_mode);
      for (int kx = 0; kx < conv.kernel; ++kx) {
        const std::int64_t from_x = border_source(x * conv.stride + kx - conv.pad[1], src_.shape.w, conv.pad_mode);
        for (std::int64_t i = 0; i < conv_.in_channels; ++i, weight += out) {
          const float value = context.data[src_.value][src_.offset(i / src_.block_channels, from_y) +
                                                       from_x * src_.block_channels + i % src_.block_channels];
          for (std::int64_t o = 0; o < out; ++o) sum[o] += value * weight[o];
        }
      }
    }
    for (std::int64_t block = 0; block < dst_.blocks(); ++block) {
      epilogue_.apply(context.data[dst_.value] + dst_.offset(block, y) + x * dst_.block_channels,
                      sum + block * dst_.block_channels, nullptr, nullptr, block, y, 1, context.data);
    }
  }
}

}  // namespace genga::engine
