// Convolutions of stride 1 with at most four results, planar: a network's last layer. In oneDNN's blocks of 8 or 16
// results most of the work would go into padding.
#include "engine/ops/task_conv_narrow.h"

#include <algorithm>
#include <array>

#include "engine/plan/epilogue.h"
#include "engine/kernels/isa.h"

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
        curve_(curve_of(setup.step.epilogue.first)),
        slope_(slope_of(setup.step.epilogue.first)) {}

  std::string note() const override { return "narrow"; }

  void prepare() override {
    const memory::desc desc({conv_.conv.kernel * src_.blocks() * row_weights()}, memory::data_type::f32,
                            memory::format_tag::a);
    packed_ = weights_.get(index_, desc, desc, [&] { return packed_weight(); });
  }

  void run(const Frame& frame) override {
    parallel_for(dst_.shape.h, [&](std::int64_t y) {
      std::array<float*, kMaxNarrowResults> dst{};
      for (std::int64_t k = 0; k < dst_.shape.c; ++k) {
        dst[static_cast<std::size_t>(k)] = frame.data[dst_.value] + dst_.offset(k, y);
      }
      convolve(rows_under(frame, y), dst);
      for (std::int64_t k = 0; k < dst_.shape.c; ++k) activate(dst[static_cast<std::size_t>(k)]);
    });
  }

 private:
  using Lines = std::array<float*, kMaxNarrowResults>;

  /// Floats of the weights of one row of the filter and one block.
  std::int64_t row_weights() const { return std::int64_t{conv_.conv.kernel} * conv_.conv.out * src_.block_channels; }

  /// The source rows that the filter touches, from their first stored pixel; zero padding is left out.
  std::vector<NarrowRow> rows_under(const Frame& frame, std::int64_t y) const {
    std::vector<NarrowRow> rows;
    for (std::int64_t tap = 0; tap < conv_.conv.kernel; ++tap) {
      const std::int64_t row = y + tap - pad_[0];
      if (row < 0 || row >= src_.stored_h()) continue;
      for (std::int64_t block = 0; block < src_.blocks(); ++block) {
        rows.push_back(
            {frame.data[src_.value] + (block * src_.stored_h() + row) * src_.stored_w() * src_.block_channels,
             static_cast<const float*>(packed_.get_data_handle()) + (tap * src_.blocks() + block) * row_weights()});
      }
    }
    return rows;
  }

  void convolve(std::vector<NarrowRow> rows, const Lines& dst) const {
    const std::int64_t w = dst_.shape.w;
    const std::int64_t begin = std::min<std::int64_t>(pad_[1], w);  // first pixel with all taps in stored pixels
    const std::int64_t end = std::clamp(src_.stored_w() - conv_.conv.kernel + 1 + pad_[1], begin, w);
    convolve_at_edge(rows, 0, begin, dst);
    convolve_at_edge(rows, end, w, dst);
    if (begin == end) return;
    for (NarrowRow& row : rows) row.src += (begin - pad_[1]) * src_.block_channels;
    convolve_inside(rows, begin, end, dst);
  }

  /// Pixels [begin, end) of the lines; the rows start at the first tap of pixel `begin`.
  void convolve_inside(const std::vector<NarrowRow>& rows, std::int64_t begin, std::int64_t end, Lines dst) const {
    for (float*& line : dst) line += begin;
    kernels().narrow(end - begin, {rows.data(), static_cast<std::int64_t>(rows.size()), conv_.conv.kernel,
                                   conv_.conv.out, dst.data(), conv_.bias.data()});
  }

  /// Same where taps stick out of the stored pixels: zeros there.
  void convolve_at_edge(std::vector<NarrowRow> rows, std::int64_t begin, std::int64_t end, const Lines& dst) const {
    if (begin == end) return;
    const std::int64_t n = end - begin + conv_.conv.kernel - 1;
    const std::int64_t first = begin - pad_[1];
    const std::int64_t from = std::clamp<std::int64_t>(first, 0, src_.stored_w());
    const std::int64_t to = std::clamp(first + n, from, src_.stored_w());
    std::vector<float> pixels(rows.size() * static_cast<std::size_t>(n * src_.block_channels), 0.F);
    float* copy = pixels.data();
    for (NarrowRow& row : rows) {
      std::copy(row.src + from * src_.block_channels, row.src + to * src_.block_channels, copy + (from - first) * src_.block_channels);
      row.src = copy;
      copy += n * src_.block_channels;
    }
    convolve_inside(rows, begin, end, dst);
  }

  void activate(float* line) const {
    if (slope_ != 1.F) std::for_each(line, line + dst_.shape.w, [&](float& v) { v = v > 0.F ? v : v * slope_; });
    if (curve_ != Curve::kNone) kernels().curve(line, dst_.shape.w, curve_);
  }

  /// [row of the filter][in block][tap][result][channels]; zeros for channels that only fill up blocks.
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
