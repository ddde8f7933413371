// Convolutions of stride 1 with filters of 6x6 to 8x8 by Winograd's F(4x4, 4x4): the filter is cut into 4x4 parts, and
// the part at (a, b) reads the patch of the tile a below and b to the right. A 7x7 filter then takes 12.25
// multiplications a result instead of 49. oneDNN has only direct convolution for these.
#include <algorithm>
#include <array>

#include "engine/kernels/isa.h"
#include "engine/ops/padded_vector.h"
#include "engine/ops/task_winograd.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using dnnl::memory;

constexpr int kMinChannels = 17;  // as for 3x3 filters
constexpr int kMinKernel = 6;     // at 5 most taps of three parts are zero: no gain
constexpr int kMaxKernel = 8;
constexpr std::int64_t kPart = 4;         // pixels a side of a tile and of a part of the filter
constexpr std::int64_t kPatch = 7;        // pixels a side of a patch
constexpr std::int64_t kStripTiles = 12;  // computed together; a multiple of every winograd_tile_multiple
constexpr std::int64_t kBandRows = 16;    // rows of tiles of one job, whose patches are transformed once

/// G g G' of the 4x4 part of a filter at (top, left); zeros beyond its edge.
std::array<double, kLargeProducts> transform_part(const float* filter, std::int64_t kernel, std::int64_t top,
                                                  std::int64_t left) {
  constexpr double kG[kPatch][kPart] = {{-1. / 2, 0, 0, 0},
                                        {-1. / 3, -1. / 3, -1. / 3, -1. / 3},
                                        {1. / 9, -1. / 9, 1. / 9, -1. / 9},
                                        {1. / 36, 2. / 36, 4. / 36, 8. / 36},
                                        {-1. / 60, 2. / 60, -4. / 60, 8. / 60},
                                        {32. / 45, 16. / 45, 8. / 45, 4. / 45},
                                        {0, 0, 0, 1}};
  std::array<double, kLargeProducts> u{};
  for (std::int64_t y = top; y < std::min(top + kPart, kernel); ++y) {
    for (std::int64_t x = left; x < std::min(left + kPart, kernel); ++x) {
      const auto tap = static_cast<double>(filter[y * kernel + x]);
      for (std::size_t i = 0; i < u.size(); ++i) u[i] += kG[i / kPatch][y - top] * kG[i % kPatch][x - left] * tap;
    }
  }
  return u;
}

class LargeWinogradTask : public Task {
 public:
  LargeWinogradTask(const ConvStep& conv, const TaskSetup& setup)
      : conv_(conv),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0]),
        dst_(setup.dst),
        residual_(setup.residual),
        row_epilogue_(setup.step.epilogue, setup.residual),
        parts_((conv.conv.kernel + kPart - 1) / kPart),
        tiles_x_((dst_.shape.w + kPart - 1) / kPart),
        tiles_y_((dst_.shape.h + kPart - 1) / kPart),
        n_strips_((tiles_x_ + kStripTiles - 1) / kStripTiles),
        scratch_(thread_bytes()) {
    fused_ = fuse_epilogue(setup.step.epilogue, store_);
  }

  std::int64_t scratch_bytes() const override { return scratch_.bytes(); }
  std::string note() const override { return "winograd_4x4"; }

  void prepare() override {
    const std::int64_t n = kLargeProducts * product_weights();
    const memory::desc packed({n}, memory::data_type::f32, memory::format_tag::a);
    u_ = weights_.get(index_, packed, [&](memory& u) { transform_weight(static_cast<float*>(u.get_data_handle())); });
    const memory::desc bias({dst_.stored_channels()}, memory::data_type::f32, memory::format_tag::a);
    bias_ = weights_.get(index_, bias, bias, [&] { return padded(conv_.bias, dst_); });
  }

  void run(const RunContext& context) override {
    const std::int64_t n_bands = (tiles_y_ + kBandRows - 1) / kBandRows;
    parallel_for(n_strips_ * n_bands, [&](std::int64_t job) {
      auto* v = reinterpret_cast<float*>(scratch_.of_thread(context.scratch));
      float* m = v + parts_ * row_floats();
      auto** rows = reinterpret_cast<const float**>(m + products_floats());
      const std::int64_t strip = job % n_strips_ * kStripTiles;
      const std::int64_t begin = job / n_strips_ * kBandRows;
      const std::int64_t end = std::min(begin + kBandRows, tiles_y_);
      for (std::int64_t y = begin; y < begin + parts_ - 1; ++y) gather(context, strip, y, v);
      for (std::int64_t y = begin; y < end; ++y) {
        gather(context, strip, y + parts_ - 1, v);
        multiply(v, y, m, rows);
        scatter(context, strip, y, m);
      }
    });
    if (fused_) return;
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      row_epilogue_.apply(row, row, nullptr, nullptr, block, y, dst_.shape.w, context.data);
    });
  }

 private:
  // Transformed patches: [row of tiles modulo parts_][product][in block][tile of the strip and its right neighbours].
  std::int64_t block_floats() const { return (kStripTiles + parts_ - 1) * src_.block_channels; }
  std::int64_t row_floats() const { return kLargeProducts * src_.blocks() * block_floats(); }
  std::int64_t products_floats() const { return kLargeProducts * dst_.stored_channels() * kStripTiles; }
  /// Blocks of tiles that one product sums over.
  std::int64_t n_product_rows() const { return parts_ * parts_ * src_.blocks(); }
  std::int64_t thread_bytes() const {
    return (parts_ * row_floats() + products_floats()) * std::int64_t{sizeof(float)} +
           n_product_rows() * std::int64_t{sizeof(const float*)};
  }
  /// Transformed weights of one product.
  std::int64_t product_weights() const { return parts_ * parts_ * src_.stored_channels() * dst_.stored_channels(); }

  /// Transforms the patches of tile row y, which may lie below the image.
  void gather(const RunContext& context, std::int64_t strip, std::int64_t y, float* v) const {
    const std::int64_t v_stride = src_.blocks() * block_floats();
    const std::int64_t top = y * kPart - conv_.conv.pad[0];
    for (std::int64_t block = 0; block < src_.blocks(); ++block) {
      const float* plane = context.data[src_.value] + src_.offset(block, 0);
      float* to = v + y % parts_ * row_floats() + block * block_floats();
      for (std::int64_t t = 0; t < kStripTiles + parts_ - 1; ++t, to += src_.block_channels) {
        const std::int64_t left = (strip + t) * kPart - conv_.conv.pad[1];
        with_patch<kPatch>(src_, plane, top, left, conv_.conv.pad_mode,
                           [&](const float* patch, std::int64_t row_stride) {
                             kernels().large_gather(to, v_stride, patch, row_stride);
                           });
      }
    }
  }

  /// rows: scratch of n_product_rows() pointers.
  void multiply(const float* v, std::int64_t y, float* m, const float** rows) const {
    const std::int64_t block_channels = src_.block_channels;
    const std::int64_t m_block = kStripTiles * block_channels;
    for (std::int64_t p = 0; p < kLargeProducts; ++p) {
      const float** row = rows;
      for (std::int64_t part = 0; part < parts_ * parts_; ++part) {
        const float* first = v + (y + part / parts_) % parts_ * row_floats() + part % parts_ * block_channels;
        for (std::int64_t block = 0; block < src_.blocks(); ++block) {
          *row++ = first + (p * src_.blocks() + block) * block_floats();
        }
      }
      const float* u = static_cast<const float*>(u_.get_data_handle()) + p * product_weights();
      for (std::int64_t block = 0; block < dst_.blocks(); block += 2) {
        const int n_blocks = block + 1 < dst_.blocks() ? 2 : 1;
        kernels().large_multiply(m + (p * dst_.blocks() + block) * m_block,
                                 {rows, n_product_rows(), kStripTiles, m_block},
                                 u + block * block_channels * parts_ * parts_ * src_.stored_channels(), n_blocks);
      }
    }
  }

  void scatter(const RunContext& context, std::int64_t strip, std::int64_t tile_y, const float* m) const {
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t y = tile_y * kPart;
    WinogradTile store = store_;
    store.rows = static_cast<int>(std::min(kPart, dst_.shape.h - y));
    store.dst_stride = dst_.stored_w() * block_channels;
    if (residual_) store.residual_stride = residual_->stored_w() * block_channels;
    for (std::int64_t block = 0; block < dst_.blocks(); ++block) {
      store.bias = static_cast<const float*>(bias_.get_data_handle()) + block * block_channels;
      for (std::int64_t t = 0; t < std::min(kStripTiles, tiles_x_ - strip); ++t) {
        const std::int64_t x = (strip + t) * kPart;
        store.columns = static_cast<int>(std::min(kPart, dst_.shape.w - x));
        store.dst = context.data[dst_.value] + dst_.offset(block, y) + x * block_channels;
        if (residual_ && fused_) {
          store.residual = context.data[residual_->value] + residual_->offset(block, y) + x * block_channels;
        }
        kernels().large_scatter(m + (block * kStripTiles + t) * block_channels,
                                dst_.blocks() * kStripTiles * block_channels, store);
      }
    }
  }

  /// u: [product][pair of out blocks][part][in channel][2 * block channels]; zeros for channels that only fill up
  /// blocks.
  void transform_weight(float* u) const {
    const std::vector<float> weight = conv_.weight.values();
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t in = src_.stored_channels();
    const std::int64_t out = dst_.stored_channels();
    const std::int64_t kernel = conv_.conv.kernel;
    std::fill_n(u, kLargeProducts * product_weights(), 0.F);
    for (std::int64_t o = 0; o < conv_.conv.out; ++o) {
      const std::int64_t pair = o / (2 * block_channels) * 2 * block_channels;  // first channel of the pair
      const std::int64_t width = std::min(2 * block_channels, out - pair);      // channels in it
      for (std::int64_t i = 0; i < conv_.in_channels; ++i) {
        const float* filter = weight.data() + (o * conv_.in_channels + i) * kernel * kernel;
        for (std::int64_t part = 0; part < parts_ * parts_; ++part) {
          const auto products = transform_part(filter, kernel, part / parts_ * kPart, part % parts_ * kPart);
          const std::int64_t place = pair * parts_ * parts_ * in + (part * in + i) * width + o - pair;
          for (std::int64_t p = 0; p < kLargeProducts; ++p) {
            u[p * product_weights() + place] = static_cast<float>(products[static_cast<std::size_t>(p)]);
          }
        }
      }
    }
  }

  const ConvStep& conv_;
  int index_;
  WeightCache& weights_;
  View src_, dst_;
  std::optional<View> residual_;
  RowEpilogue row_epilogue_;
  std::int64_t parts_;  // of the filter, along each axis
  std::int64_t tiles_x_, tiles_y_, n_strips_;
  ThreadScratch scratch_;
  WinogradTile store_;
  bool fused_ = false;  // the last transform does the epilogue
  memory u_, bias_;
};

}  // namespace

bool suits_large_winograd(const ConvStep& step, Layout src) {
  return step.conv.kernel >= kMinKernel && step.conv.kernel <= kMaxKernel && step.conv.stride == 1 &&
         step.conv.groups == 1 && src == Layout::kBlocked && step.in_channels >= kMinChannels;
}

TaskPtr make_large_winograd_task(const ConvStep& conv, const TaskSetup& setup) {
  return std::make_unique<LargeWinogradTask>(conv, setup);
}

}  // namespace genga::engine
