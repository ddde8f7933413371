// Greedy placement of buffers by size (best fit among the gaps that are free for their whole life).
#include "engine/plan/plan_arena.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

namespace genga::engine {

int ArenaPlanner::add(std::int64_t bytes, int first, int last) {
  const std::int64_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  buffers_.push_back({rounded, first, last});
  return static_cast<int>(buffers_.size()) - 1;
}

void ArenaPlanner::extend(int buffer, int last) {
  Buffer& extended = buffers_[static_cast<std::size_t>(buffer)];
  extended.last = std::max(extended.last, last);
}

void ArenaPlanner::plan() {
  std::vector<std::size_t> order(buffers_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return buffers_[a].bytes > buffers_[b].bytes; });
  for (std::size_t i : order) {
    buffers_[i].offset = best_gap(buffers_[i]);
    total_bytes_ = std::max(total_bytes_, buffers_[i].offset + buffers_[i].bytes);
  }
}

std::int64_t ArenaPlanner::best_gap(const Buffer& buffer) const {
  std::vector<const Buffer*> live;  // placed neighbours that overlap in time
  for (const Buffer& other : buffers_) {
    if (other.offset >= 0 && other.first <= buffer.last && buffer.first <= other.last) live.push_back(&other);
  }
  std::sort(live.begin(), live.end(), [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
  std::int64_t end = 0;  // of everything seen so far
  std::int64_t best = -1;
  std::int64_t best_size = std::numeric_limits<std::int64_t>::max();
  for (const Buffer* other : live) {
    const std::int64_t gap = other->offset - end;
    if (gap >= buffer.bytes && gap < best_size) {
      best = end;
      best_size = gap;
    }
    end = std::max(end, other->offset + other->bytes);
  }
  return best >= 0 ? best : end;
}

}  // namespace genga::engine
