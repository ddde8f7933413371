// Steps that move channels and pixels without arithmetic: planar <-> blocked, pixel (un)shuffle, concat.
#include <algorithm>

#include "engine/ops/task.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

constexpr std::int64_t kChunk =
    128;  // pixels moved channel by channel before going on, so that they stay in the first cache

void copy_strided(float* dst, std::int64_t dst_step, const float* src, std::int64_t src_step, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) dst[i * dst_step] = src[i * src_step];
}

/// First value of channel c in row y; its pixels are view.block_channels apart.
std::int64_t channel_offset(const View& view, std::int64_t c, std::int64_t y) {
  return view.offset(c / view.block_channels, y) + c % view.block_channels;
}

/// dst channel c*f*f + dy*f + dx takes every f-th pixel of src channel c; f = 1 only changes the layout. dst is
/// blocked.
class UnshuffleTask : public Task {
 public:
  UnshuffleTask(int factor, const TaskSetup& setup) : factor_(factor), src_(setup.src[0]), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    make_rows(dst_, context.data[dst_.value],
              [&](std::int64_t block, std::int64_t y, float* row) { make_row(src, block, y, row); });
  }

 private:
  void make_row(const float* src, std::int64_t block, std::int64_t y, float* row) const {
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t used = std::min(block_channels, dst_.shape.c - block * block_channels);
    if (used < block_channels) std::fill(row, row + dst_.shape.w * block_channels, 0.F);
    for (std::int64_t begin = 0; begin < dst_.shape.w; begin += kChunk) {
      const std::int64_t n = std::min(kChunk, dst_.shape.w - begin);
      for (std::int64_t i = 0; i < used; ++i) {
        const std::int64_t k = block * block_channels + i;
        const std::int64_t dy = k / factor_ % factor_;
        const std::int64_t dx = k % factor_;
        const float* from =
            src + channel_offset(src_, k / (factor_ * factor_), y * factor_ + dy) + dx * src_.block_channels;
        const std::int64_t step = std::int64_t{factor_} * src_.block_channels;
        copy_strided(row + begin * block_channels + i, block_channels, from + begin * step, step, n);
      }
    }
  }

  int factor_;
  View src_, dst_;
};

/// src channel c*f*f + dy*f + dx goes to pixels (dy, dx) of dst channel c. One job walks one source row through all
/// its channels, so that each cache line of blocks is fetched once. Then an activation, if dst is planar.
class ShuffleTask : public Task {
 public:
  ShuffleTask(int factor, const TaskSetup& setup)
      : factor_(factor), src_(setup.src[0]), dst_(setup.dst), curve_(curve_of(setup.step.epilogue.first)) {
    slope_ = slope_of(setup.step.epilogue.first);
  }

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    float* dst = context.data[dst_.value];
    parallel_for(src_.shape.h, [&](std::int64_t y) {
      for (std::int64_t dy = 0; dy < factor_; ++dy) {
        if (dst_.block_channels > 1) clear_unused_channels(dst, y * factor_ + dy);
        for (std::int64_t c = 0; c < dst_.shape.c; ++c) make_row(src, dst, c, y, dy);
      }
    });
  }

 private:
  void make_row(const float* src, float* dst, std::int64_t c, std::int64_t y, std::int64_t dy) const {
    float* row = dst + channel_offset(dst_, c, y * factor_ + dy);
    for (std::int64_t dx = 0; dx < factor_; ++dx) {
      const float* from = src + channel_offset(src_, (c * factor_ + dy) * factor_ + dx, y);
      copy_strided(row + dx * dst_.block_channels, std::int64_t{factor_} * dst_.block_channels, from,
                   src_.block_channels, src_.shape.w);
    }
    if (dst_.block_channels > 1) return;
    if (slope_ != 1.F) {
      for (std::int64_t x = 0; x < dst_.shape.w; ++x) row[x] = row[x] > 0.F ? row[x] : row[x] * slope_;
    }
    if (curve_ != Curve::kNone) kernels().curve(row, dst_.shape.w, curve_);
  }

  void clear_unused_channels(float* dst, std::int64_t y) const {
    if (dst_.shape.c % dst_.block_channels == 0) return;
    float* row = dst + dst_.offset(dst_.blocks() - 1, y);
    std::fill(row, row + dst_.shape.w * dst_.block_channels, 0.F);
  }

  int factor_;
  View src_, dst_;
  Curve curve_;
  float slope_ = 1;
};

class ConcatTask : public Task {
 public:
  explicit ConcatTask(const TaskSetup& setup) : src_(setup.src), dst_(setup.dst) {}

  void run(const RunContext& context) override {
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      std::int64_t first = 0;  // dst channel at which this source begins
      std::fill(row, row + dst_.shape.w * dst_.block_channels, 0.F);
      for (const View& src : src_) {
        copy_channels(src, context.data[src.value], first, block, y, row);
        first += src.shape.c;
      }
    });
  }

 private:
  void copy_channels(const View& src, const float* from, std::int64_t first, std::int64_t block, std::int64_t y,
                     float* row) const {
    const std::int64_t block_channels = dst_.block_channels;
    const std::int64_t begin = std::max(first, block * block_channels);
    const std::int64_t end = std::min(first + src.shape.c, (block + 1) * block_channels);
    if (end - begin == block_channels && first % block_channels == 0) {
      const float* source_row = from + src.offset((begin - first) / block_channels, y);
      std::copy(source_row, source_row + dst_.shape.w * block_channels, row);
      return;
    }
    for (std::int64_t c = begin; c < end; ++c) {
      copy_strided(row + c % block_channels, block_channels, from + channel_offset(src, c - first, y), block_channels,
                   dst_.shape.w);
    }
  }

  std::vector<View> src_;
  View dst_;
};

}  // namespace

TaskPtr make_task(const ToBlockedStep& load, const TaskSetup& setup) {
  return std::make_unique<UnshuffleTask>(load.unshuffle, setup);
}
TaskPtr make_task(const ToPlanarStep& store, const TaskSetup& setup) {
  return std::make_unique<ShuffleTask>(store.shuffle, setup);
}
TaskPtr make_task(const ShuffleStep& shuffle, const TaskSetup& setup) {
  if (shuffle.inverse) return std::make_unique<UnshuffleTask>(shuffle.factor, setup);
  return std::make_unique<ShuffleTask>(shuffle.factor, setup);
}
TaskPtr make_task(const ConcatStep&, const TaskSetup& setup) {
  return std::make_unique<ConcatTask>(setup);
}

}  // namespace genga::engine
