// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3), with the whole epilogue in the last transform.
// oneDNN 2.6 has this only for AVX-512, with relu at most, and for large images with gigabytes of scratch; here
// a few tiles at a time pass through the second-level cache.
#include "engine/ops/task_winograd.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/kernels/isa.h"
#include "engine/ops/padded_vector.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using dnnl::memory;

// Below this many channels the transforms cost more than the multiplications they save.
constexpr int kMinChannels = 17;

// Tiles per pass: transformed patches and products of one pass should fit the second-level cache.
constexpr std::int64_t kManyTiles = 24;
constexpr std::int64_t kFewTiles = 12;
constexpr std::int64_t kManyTilesChannels = 160;  // up to this sum of channels on both sides

// Channels of two blocks, whose filters are transformed side by side.
constexpr std::size_t kMaxPair = std::size_t{2} * kMaxBlockChannels;
using Filters = std::array<double, kMaxPair>;

/// G applied to three filter values, as six.
void transform_line(const Filters& a, const Filters& b, const Filters& c, std::array<Filters, 6>& u) {
  for (std::size_t o = 0; o < kMaxPair; ++o) {
    const double outer = (a[o] + c[o]) * (-1. / 6), outer2 = a[o] * (1. / 24) + c[o] * (1. / 6);
    u[0][o] = a[o] / 4;
    u[1][o] = outer - b[o] * (1. / 6);
    u[2][o] = outer + b[o] * (1. / 6);
    u[3][o] = outer2 + b[o] * (1. / 12);
    u[4][o] = outer2 - b[o] * (1. / 12);
    u[5][o] = c[o];
  }
}

/// G g G' of the 3x3 filters of a pair of blocks; product p of filter o is result[p / 6][p % 6][o].
std::array<std::array<Filters, 6>, 6> transform_filters(const std::array<Filters, 9>& g) {
  std::array<std::array<Filters, 6>, 3> columns;
  for (std::size_t x = 0; x < 3; ++x) transform_line(g[x], g[3 + x], g[6 + x], columns[x]);
  std::array<std::array<Filters, 6>, 6> u;
  for (std::size_t y = 0; y < 6; ++y) transform_line(columns[0][y], columns[1][y], columns[2][y], u[y]);
  return u;
}

class WinogradTask : public Task {
 public:
  WinogradTask(const ConvStep& conv, const TaskSetup& setup)
      : conv_(conv),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0]),
        dst_(setup.dst),
        residual_(setup.residual),
        row_epilogue_(setup.step.epilogue, setup.residual),
        tiles_x_((dst_.shape.w + 3) / 4),
        n_tiles_((dst_.shape.h + 3) / 4 * tiles_x_),
        low_(low_kernels(conv.precision)),
        size_{n_tiles_of_pass(), src_.blocks(), dst_.blocks(), conv.upsampled},
        scratch_(patches_bytes() + products_bytes()) {
    store_.upsampled = conv.upsampled;
    fused_ = fuse_epilogue(setup.step.epilogue, store_);
  }

  std::int64_t scratch_bytes() const override { return scratch_.bytes(); }
  bool may_replace_residual() const override { return fused_; }
  std::string note() const override { return low_ ? fmt::format("winograd_4x3 {}", low_->numbers) : "winograd_4x3"; }

  void prepare() override {
    const std::int64_t n = kWinogradProducts * src_.stored_channels() * dst_.stored_channels();
    if (low_) {
      const memory::desc narrow({n}, memory::data_type::bf16, memory::format_tag::a);  // any 16-bit numbers
      u_ = weights_.get(index_, narrow, [&](memory& packed) { narrow_weight(packed); });
    } else {
      const memory::desc packed({n}, memory::data_type::f32, memory::format_tag::a);
      u_ = weights_.get(index_, packed, [&](memory& u) { transform_weight(static_cast<float*>(u.get_data_handle())); });
    }
    const memory::desc bias({dst_.stored_channels()}, memory::data_type::f32, memory::format_tag::a);
    bias_ = weights_.get(index_, bias, bias, [&] { return padded(conv_.bias, dst_); });
  }

  void run(const RunContext& context) override {
    parallel_for((n_tiles_ + size_.n_tiles - 1) / size_.n_tiles, [&](std::int64_t pass) {
      std::byte* v = scratch_.of_thread(context.scratch);
      float* m = reinterpret_cast<float*>(v + patches_bytes());
      const std::int64_t first = pass * size_.n_tiles;
      const std::int64_t n = std::min(size_.n_tiles, n_tiles_ - first);
      gather(context, first, n, v);
      multiply(m, v);
      scatter(context, first, n, m);
    });
    if (fused_) return;
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      row_epilogue_.apply(row, row, nullptr, nullptr, block, y, dst_.shape.w, context.data);
    });
  }

 private:
  std::int64_t n_tiles_of_pass() const {
    return src_.stored_channels() + dst_.stored_channels() <= kManyTilesChannels ? kManyTiles : kFewTiles;
  }
  // Per thread: transformed patches of one pass, and their products with the weights.
  std::int64_t patches_bytes() const {
    return kWinogradProducts * src_.stored_channels() * size_.n_tiles * (low_ ? 2 : 4);
  }
  std::int64_t products_bytes() const { return kWinogradProducts * dst_.stored_channels() * size_.n_tiles * 4; }

  void multiply(float* m, const std::byte* v) const {
    if (low_) {
      low_->winograd_multiply(m, reinterpret_cast<const std::uint16_t*>(v),
                              static_cast<const std::uint16_t*>(u_.get_data_handle()), size_);
    } else {
      kernels().winograd_multiply(m, reinterpret_cast<const float*>(v), static_cast<const float*>(u_.get_data_handle()),
                                  size_);
    }
  }

  void gather(const RunContext& context, std::int64_t first, std::int64_t n, std::byte* v) const {
    conv_.upsampled ? gather_patches<4>(context, first, n, v) : gather_patches<6>(context, first, n, v);
  }

  template <std::int64_t kSide>
  void gather_patches(const RunContext& context, std::int64_t first, std::int64_t n, std::byte* v) const {
    const std::int64_t step = kSide - 2;  // pixels of the source from one tile to the next
    for (std::int64_t block = 0; block < size_.in_blocks; ++block) {
      const float* plane = context.data[src_.value] + src_.offset(block, 0);
      for (std::int64_t t = 0; t < size_.n_tiles; ++t) {
        const std::int64_t to = (block * size_.n_tiles + t) * src_.block_channels;
        const std::int64_t tile = first + std::min(t, n - 1);  // the last pass repeats its last tile to be full
        const std::int64_t y = tile / tiles_x_ * step - conv_.conv.pad[0];
        const std::int64_t x = tile % tiles_x_ * step - conv_.conv.pad[1];
        with_patch<kSide>(src_, plane, y, x, conv_.conv.pad_mode,
                          [&](const float* patch, std::int64_t row_stride) { transform(patch, row_stride, v, to); });
      }
    }
  }

  /// One patch's channels to number `to` of each of the 36 parts of v.
  void transform(const float* patch, std::int64_t row_stride, std::byte* v, std::int64_t to) const {
    const auto gather = conv_.upsampled ? kernels().winograd_gather_upsampled : kernels().winograd_gather;
    const std::int64_t v_stride = src_.stored_channels() * size_.n_tiles;
    if (!low_) return gather(reinterpret_cast<float*>(v) + to, v_stride, patch, row_stride);
    std::array<float, kWinogradProducts * kMaxBlockChannels> wide{};
    gather(wide.data(), src_.block_channels, patch, row_stride);
    low_->narrow(reinterpret_cast<std::uint16_t*>(v) + to, v_stride, wide.data(), kWinogradProducts);
  }

  void scatter(const RunContext& context, std::int64_t first, std::int64_t n, const float* m) const {
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t m_stride = size_.out_blocks * size_.n_tiles * block_channels;
    WinogradTile store = store_;
    store.dst_stride = dst_.stored_w() * block_channels;
    if (residual_) store.residual_stride = residual_->stored_w() * block_channels;
    for (std::int64_t block = 0; block < size_.out_blocks; ++block) {
      store.bias = static_cast<const float*>(bias_.get_data_handle()) + block * block_channels;
      for (std::int64_t t = 0; t < n; ++t) {
        const std::int64_t y = (first + t) / tiles_x_ * 4;
        const std::int64_t x = (first + t) % tiles_x_ * 4;
        store.rows = static_cast<int>(std::min<std::int64_t>(4, dst_.shape.h - y));
        store.columns = static_cast<int>(std::min<std::int64_t>(4, dst_.shape.w - x));
        store.dst = context.data[dst_.value] + dst_.offset(block, y) + x * block_channels;
        if (residual_ && fused_) {
          store.residual = context.data[residual_->value] + residual_->offset(block, y) + x * block_channels;
        }
        kernels().winograd_scatter(m + (block * size_.n_tiles + t) * block_channels, m_stride, store);
      }
    }
  }

  /// u: [product][pair of out blocks][in channel][2 * block channels]; zeros for channels that only fill up blocks.
  void transform_weight(float* u) const {
    const std::vector<float> weight = conv_.weight.values();
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t in = src_.stored_channels();
    const std::int64_t out = dst_.stored_channels();
    for (std::int64_t pair = 0; pair < out; pair += 2 * block_channels) {   // its first channel
      const std::int64_t width = std::min(2 * block_channels, out - pair);  // channels in it
      for (std::int64_t i = 0; i < in; ++i) {
        const auto products = transform_filters(filters_of(weight, pair, i));
        for (std::int64_t p = 0; p < kWinogradProducts; ++p) {
          const Filters& from = products[static_cast<std::size_t>(p / 6)][static_cast<std::size_t>(p % 6)];
          std::transform(from.begin(), from.begin() + width, u + (p * out + pair) * in + i * width,
                         [](double value) { return static_cast<float>(value); });
        }
      }
    }
  }

  /// transform_weight() in 16-bit numbers: [product][pair][in channel / together][2 * block channels][together].
  void narrow_weight(memory& packed) const {
    const std::int64_t in = src_.stored_channels(), out = dst_.stored_channels(), together = low_->channels_together;
    std::vector<float> u(static_cast<std::size_t>(kWinogradProducts * in * out));
    transform_weight(u.data());
    std::vector<float> ordered(u.size());
    for (std::int64_t p = 0; p < kWinogradProducts; ++p) {
      for (std::int64_t pair = 0; pair < out; pair += 2 * dst_.block_channels) {
        const std::int64_t width = std::min<std::int64_t>(2 * dst_.block_channels, out - pair);
        const std::int64_t begin = (p * out + pair) * in;
        for (std::int64_t c = 0; c < in; ++c) {
          float* to = ordered.data() + begin + c / together * together * width + c % together;
          for (std::int64_t o = 0; o < width; ++o)
            to[o * together] = u[static_cast<std::size_t>(begin + c * width + o)];
        }
      }
    }
    low_->narrow(static_cast<std::uint16_t*>(packed.get_data_handle()), kMaxBlockChannels, ordered.data(),
                 static_cast<std::int64_t>(u.size() / kMaxBlockChannels));
  }

  /// The filters of a pair of blocks for one source channel; zeros for channels that there are not.
  std::array<Filters, 9> filters_of(const std::vector<float>& weight, std::int64_t pair,
                                    std::int64_t in_channel) const {
    std::array<Filters, 9> g{};
    if (in_channel >= conv_.in_channels) return g;
    const std::int64_t end = std::min<std::int64_t>(pair + 2 * dst_.block_channels, conv_.conv.out);
    for (std::int64_t o = pair; o < end; ++o) {
      const float* filter = weight.data() + (o * conv_.in_channels + in_channel) * 9;
      for (std::size_t tap = 0; tap < 9; ++tap) g[tap][static_cast<std::size_t>(o - pair)] = filter[tap];
    }
    return g;
  }

  const ConvStep& conv_;
  int index_;
  WeightCache& weights_;
  View src_, dst_;
  std::optional<View> residual_;
  RowEpilogue row_epilogue_;
  std::int64_t tiles_x_, n_tiles_;
  const LowKernels* low_;  // null: products in f32
  WinogradSize size_;
  ThreadScratch scratch_;
  WinogradTile store_;
  bool fused_ = false;  // the last transform does the epilogue
  memory u_, bias_;
};

}  // namespace

bool fuse_epilogue(const Epilogue& epilogue, WinogradTile& tile) {
  if (curve_of(epilogue.first) != Curve::kNone || curve_of(epilogue.second) != Curve::kNone) return false;
  tile.first_slope = slope_of(epilogue.first);
  tile.second_slope = slope_of(epilogue.second);
  return true;
}

void copy_patch_at_edge(const View& src, const float* plane, std::int64_t y, std::int64_t x, std::int64_t side,
                        ir::PadMode mode, float* patch) {
  const auto source = [mode](std::int64_t i, std::int64_t n) {  // -1: none
    if (mode == ir::PadMode::kZero) return i >= 0 && i < n ? i : -1;
    return border_source(i, n, mode);
  };
  for (std::int64_t row = 0; row < side; ++row) {
    const std::int64_t from_y = source(y + row, src.shape.h);
    if (from_y < 0) continue;
    for (std::int64_t column = 0; column < side; ++column) {
      const std::int64_t from_x = source(x + column, src.shape.w);
      if (from_x < 0) continue;
      std::copy_n(plane + (from_y * src.stored_w() + from_x) * src.block_channels, src.block_channels,
                  patch + (row * side + column) * src.block_channels);
    }
  }
}

bool suits_winograd(const ConvStep& step, Layout src) {
  return step.conv.kernel == 3 && step.conv.stride == 1 && step.conv.groups == 1 && src == Layout::kBlocked &&
         step.in_channels >= kMinChannels;
}

TaskPtr make_winograd_task(const ConvStep& conv, const TaskSetup& setup) {
  return std::make_unique<WinogradTask>(conv, setup);
}

}  // namespace genga::engine
