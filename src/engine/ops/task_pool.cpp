// Pooling over windows and over the whole image.
#include <algorithm>

#include "engine/kernels/isa.h"
#include "engine/ops/channel_moments.h"
#include "engine/ops/task.h"

namespace genga::engine {
namespace {

/// The source pixels [begin, end) of every window along one axis.
struct Windows {
  std::vector<std::int32_t> begin, end;

  Windows(std::int64_t n_dst, std::int64_t n_src, const ir::Pool2d& op) {
    for (std::int64_t i = 0; i < n_dst; ++i) {
      const std::int64_t first = i * op.stride - op.pad;
      begin.push_back(static_cast<std::int32_t>(std::max<std::int64_t>(first, 0)));
      end.push_back(static_cast<std::int32_t>(std::min(first + op.kernel, n_src)));
    }
  }
};

class PoolTask : public Task {
 public:
  PoolTask(const PoolStep& pool, const TaskSetup& setup)
      : largest_(pool.op.kind == ir::PoolKind::kMax),
        src_(setup.src[0]),
        dst_(setup.dst),
        rows_(dst_.shape.h, src_.shape.h, pool.op),
        columns_(dst_.shape.w, src_.shape.w, pool.op),
        lines_(dst_.block_channels == 1 ? src_.shape.w * std::int64_t{sizeof(float)} : 0) {}

  std::int64_t scratch_bytes() const override { return lines_.bytes(); }

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const std::int64_t begin = rows_.begin[static_cast<std::size_t>(y)];
      const std::int64_t end = rows_.end[static_cast<std::size_t>(y)];
      if (dst_.block_channels == 1) return pool_plane(src, block, begin, end, line_of_thread(context), row);
      kernels().pool(row, dst_.shape.w,
                     {src + src_.offset(block, begin), end - begin, src_.stored_w() * src_.block_channels,
                      columns_.begin.data(), columns_.end.data(), largest_});
    });
  }

 private:
  float* line_of_thread(const RunContext& context) const {
    return reinterpret_cast<float*>(lines_.of_thread(context.scratch));
  }

  /// Kernels of whole blocks do not fit planes: sums (or peaks) of columns to `line` first, then of windows.
  void pool_plane(const float* src, std::int64_t plane, std::int64_t begin, std::int64_t end, float* line,
                  float* row) const {
    gather_rows(src, plane, begin, end, line);
    for (std::int64_t x = 0; x < dst_.shape.w; ++x) {
      const std::int32_t left = columns_.begin[static_cast<std::size_t>(x)];
      const std::int32_t right = columns_.end[static_cast<std::size_t>(x)];
      float value = line[left];
      for (std::int32_t k = left + 1; k < right; ++k) value = largest_ ? std::max(value, line[k]) : value + line[k];
      row[x] = largest_ ? value : value / (static_cast<float>(end - begin) * static_cast<float>(right - left));
    }
  }

  void gather_rows(const float* src, std::int64_t plane, std::int64_t begin, std::int64_t end, float* line) const {
    std::copy_n(src + src_.offset(plane, begin), src_.shape.w, line);
    for (std::int64_t y = begin + 1; y < end; ++y) {
      const float* row = src + src_.offset(plane, y);
      if (largest_) {
        for (std::int64_t x = 0; x < src_.shape.w; ++x) line[x] = std::max(line[x], row[x]);
      } else {
        for (std::int64_t x = 0; x < src_.shape.w; ++x) line[x] += row[x];
      }
    }
  }

  bool largest_;
  View src_, dst_;
  Windows rows_, columns_;
  ThreadScratch lines_;  // for planes: a line of the source
};

class GlobalAverageTask : public Task {
 public:
  explicit GlobalAverageTask(const TaskSetup& setup) : dst_(setup.dst), moments_(setup.src[0]) {}

  std::int64_t scratch_bytes() const override { return moments_.scratch_bytes(); }

  void run(const RunContext& context) override {
    const std::span<const Group> groups = moments_.measure(context, context.scratch);
    std::transform(groups.begin(), groups.end(), context.data[dst_.value],
                   [](const Group& group) { return static_cast<float>(group.mean); });
  }

 private:
  View dst_;
  ChannelMoments moments_;
};

class GlobalMaxTask : public Task {
 public:
  explicit GlobalMaxTask(const TaskSetup& setup)
      : src_(setup.src[0]), dst_(setup.dst), width_(static_cast<std::int32_t>(src_.shape.w)) {}

  /// The largest of every row.
  std::int64_t scratch_bytes() const override {
    return src_.stored_channels() * src_.shape.h * std::int64_t{sizeof(float)};
  }

  void run(const RunContext& context) override {
    const float* src = context.data[src_.value];
    float* dst = context.data[dst_.value];
    auto* of_rows = reinterpret_cast<float*>(context.scratch);  // [blocks][h][block channels]
    const std::int64_t h = src_.shape.h;
    parallel_for(src_.blocks() * h, [&](std::int64_t i) {
      kernels().pool(of_rows + i * src_.block_channels, 1,
                     {src + src_.offset(i / h, i % h), 1, 0, &kZero, &width_, true});
    });
    const auto height = static_cast<std::int32_t>(h);
    for (std::int64_t block = 0; block < src_.blocks(); ++block) {
      kernels().pool(dst + block * dst_.block_channels, 1,
                     {of_rows + block * h * src_.block_channels, 1, 0, &kZero, &height, true});
    }
  }

 private:
  static constexpr std::int32_t kZero = 0;
  View src_, dst_;
  std::int32_t width_;
};

}  // namespace

TaskPtr make_task(const PoolStep& pool, const TaskSetup& setup) {
  return std::make_unique<PoolTask>(pool, setup);
}
TaskPtr make_task(const GlobalPoolStep& pool, const TaskSetup& setup) {
  if (pool.kind == ir::PoolKind::kMax) return std::make_unique<GlobalMaxTask>(setup);
  return std::make_unique<GlobalAverageTask>(setup);
}

}  // namespace genga::engine
