// Memory planning: buffers with lifetimes are given places in one block so that no two live ones overlap.
#pragma once

#include <cstdint>
#include <vector>

namespace genga::engine {

class ArenaPlanner {
 public:
  /// A buffer of `bytes` that is live from step `first` to step `last`, both included. Returns its index.
  int add(std::int64_t bytes, int first, int last);
  /// The buffer, already added, is live until step `last` at least.
  void extend(int buffer, int last);
  /// Places all buffers: largest first, each in the smallest gap that is free for its whole life.
  void plan();

  std::int64_t offset(int buffer) const { return buffers_[static_cast<std::size_t>(buffer)].offset; }
  std::int64_t total_bytes() const { return total_bytes_; }

  static constexpr std::int64_t kAlignment = 64;  // bytes; a cache line and an AVX-512 register

 private:
  struct Buffer {
    std::int64_t bytes;
    int first, last;
    std::int64_t offset = -1;  // -1: not placed yet
  };
  std::int64_t best_gap(const Buffer& buffer) const;

  std::vector<Buffer> buffers_;
  std::int64_t total_bytes_ = 0;
};

}  // namespace genga::engine
