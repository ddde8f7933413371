// Convolutions of stride 1 with at most four results, planar: a network's last layer. In oneDNN's blocks of 8 or 16
// results most of the work would go into padding.
#include "engine/ops/task_conv_narrow.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/kernels/isa.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using dnnl::memory;

class NarrowConvTask : public Task {
 public:
  NarrowConvTask(const ConvStep& conv, const TaskSetup& setup)
      : conv_(conv),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0]),
        dst_(setup.dst),
        pad_(src_.border == ir::Pad{} ? conv.conv.pad : ir::Pad{}),
        begin_(std::min<std::int64_t>(pad_[1], dst_.shape.w)),
        end_(std::clamp(src_.stored_w() - conv.conv.kernel + 1 + pad_[1], begin_, dst_.shape.w)),
        scratch_(thread_bytes()),
        curve_(curve_of(setup.step.epilogue.first)),
        slope_(slope_of(setup.step.epilogue.first)) {}

  std::string note() const override { return "narrow"; }

  void prepare() override {
    const memory::desc desc({conv_.conv.kernel * src_.blocks() * row_weights()}, memory::data_type::f32,
                            memory::format_tag::a);
    packed_ = weights_.get(index_, desc, desc, [&] { return packed_weight(); });
  }

  std::int64_t scratch_bytes() const override { return scratch_.bytes(); }

  void run(const RunContext& context) override {
    parallel_for(dst_.shape.h, [&](std::int64_t y) {
      Lines dst{};
      for (std::int64_t k = 0; k < dst_.shape.c; ++k) {
        dst[static_cast<std::size_t>(k)] = context.data[dst_.value] + dst_.offset(k, y);
      }
      auto* const rows = reinterpret_cast<NarrowRow*>(scratch_.of_thread(context.scratch));
      convolve({rows, find_rows(context, y, rows)}, dst);
      for (std::int64_t k = 0; k < dst_.shape.c; ++k) activate(dst[static_cast<std::size_t>(k)]);
    });
  }

 private:
  using Lines = std::array<float*, kMaxNarrowResults>;

  /// Floats of the weights of one row of the filter and one block.
  std::int64_t row_weights() const { return std::int64_t{conv_.conv.kernel} * conv_.conv.out * src_.block_channels; }

  // Scratch of a thread: rows under the filter, the same rows at an edge, the pixels of those.
  std::int64_t max_rows() const { return conv_.conv.kernel * src_.blocks(); }
  /// Pixels of a row under the filter for n results.
  std::int64_t pixels_under(std::int64_t n) const { return n + conv_.conv.kernel - 1; }
  std::int64_t thread_bytes() const {
    const std::int64_t edge = pixels_under(std::max(begin_, dst_.shape.w - end_)) * src_.block_channels;
    return max_rows() * (2 * std::int64_t{sizeof(NarrowRow)} + edge * std::int64_t{sizeof(float)});
  }

  /// Writes the source rows that the filter touches, from their first stored pixel; zero padding is left out. Returns
  /// how many.
  std::size_t find_rows(const RunContext& context, std::int64_t y, NarrowRow* rows) const {
    std::size_t n = 0;
    for (std::int64_t tap = 0; tap < conv_.conv.kernel; ++tap) {
      const std::int64_t row = y + tap - pad_[0];
      if (row < 0 || row >= src_.stored_h()) continue;
      for (std::int64_t block = 0; block < src_.blocks(); ++block) {
        rows[n++] = {
            context.data[src_.value] + (block * src_.stored_h() + row) * src_.stored_w() * src_.block_channels,
            static_cast<const float*>(packed_.get_data_handle()) + (tap * src_.blocks() + block) * row_weights()};
      }
    }
    return n;
  }

  /// rows: in the scratch of this thread, which holds what the edges need behind them.
  void convolve(std::span<NarrowRow> rows, const Lines& dst) const {
    NarrowRow* const edge_rows = rows.data() + max_rows();
    convolve_at_edge(rows, edge_rows, 0, begin_, dst);
    convolve_at_edge(rows, edge_rows, end_, dst_.shape.w, dst);
    if (begin_ == end_) return;
    for (NarrowRow& row : rows) row.src += (begin_ - pad_[1]) * src_.block_channels;
    convolve_inside(rows, begin_, end_, dst);
  }

  /// Pixels [begin, end) of the lines; the rows start at the first tap of pixel `begin`.
  void convolve_inside(std::span<const NarrowRow> rows, std::int64_t begin, std::int64_t end, Lines dst) const {
    for (float*& line : dst) line += begin;
    kernels().narrow(end - begin, {rows.data(), static_cast<std::int64_t>(rows.size()), conv_.conv.kernel,
                                   conv_.conv.out, dst.data(), conv_.bias.data()});
  }

  /// Same where taps stick out of the stored pixels: zeros there. edge_rows: max_rows() of them, then their pixels.
  void convolve_at_edge(std::span<const NarrowRow> rows, NarrowRow* edge_rows, std::int64_t begin, std::int64_t end,
                        const Lines& dst) const {
    if (begin == end) return;
    const std::int64_t n = pixels_under(end - begin);
    const std::int64_t first = begin - pad_[1];
    const std::int64_t from = std::clamp<std::int64_t>(first, 0, src_.stored_w());
    const std::int64_t to = std::clamp(first + n, from, src_.stored_w());
    auto* copy = reinterpret_cast<float*>(edge_rows + max_rows());
    std::fill_n(copy, static_cast<std::int64_t>(rows.size()) * n * src_.block_channels, 0.F);
    for (std::size_t i = 0; i < rows.size(); ++i, copy += n * src_.block_channels) {
      std::copy(rows[i].src + from * src_.block_channels, rows[i].src + to * src_.block_channels,
                copy + (from - first) * src_.block_channels);
      edge_rows[i] = {copy, rows[i].weight};
    }
    convolve_inside({edge_rows, rows.size()}, begin, end, dst);
  }

  void activate(float* line) const {
    if (slope_ != 1.F) std::for_each(line, line + dst_.shape.w, [&](float& v) { v = v > 0.F ? v : v * slope_; });
    if (curve_ != Curve::kNone) kernels().curve(line, dst_.shape.w, curve_);
  }

  /// [row of the filter][in block][tap][result][block channels]; zeros for channels that only fill up blocks.
  std::vector<float> packed_weight() const {
    const std::int64_t kernel = conv_.conv.kernel;
    std::vector<float> packed(static_cast<std::size_t>(kernel * src_.blocks() * row_weights()), 0.F);
    const std::vector<float> weight = conv_.weight.values();
    auto from = weight.begin();
    for (std::int64_t o = 0; o < conv_.conv.out; ++o) {
      for (std::int64_t i = 0; i < conv_.in_channels; ++i) {
        for (std::int64_t tap = 0; tap < kernel * kernel; ++tap) {
          const std::int64_t row = tap / kernel * src_.blocks() + i / src_.block_channels;
          const std::int64_t place = (row * kernel + tap % kernel) * conv_.conv.out + o;
          packed[static_cast<std::size_t>(place * src_.block_channels + i % src_.block_channels)] = *from++;
        }
      }
    }
    return packed;
  }

  const ConvStep& conv_;
  int index_;
  WeightCache& weights_;
  View src_, dst_;
  ir::Pad pad_;
  std::int64_t begin_, end_;  // pixels of a line with all taps in stored pixels
  ThreadScratch scratch_;
  Curve curve_;
  float slope_;
  memory packed_;
};

}  // namespace

bool suits_narrow_conv(const ConvStep& step) {
  return step.conv.out <= kMaxNarrowResults && step.conv.stride == 1 && step.conv.groups == 1;
}

TaskPtr make_narrow_conv_task(const ConvStep& conv, const TaskSetup& setup) {
  return std::make_unique<NarrowConvTask>(conv, setup);
}

}  // namespace genga::engine
