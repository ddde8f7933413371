// A bounded queue of bytes between one producer and one consumer thread. It joins our readers and writers, which are
// called row by row, to libvips, which runs a whole image on threads of its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace genga::image {

class ChunkQueue {
 public:
  /// Holds up to max_bytes; a chunk that is larger is held alone.
  explicit ChunkQueue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Producer: waits until the chunk fits. False: the queue was cancelled.
  bool push(std::vector<std::byte> chunk);
  /// Producer: nothing more will come.
  void finish();
  /// Consumer: fills all of dst, waiting for chunks. False: the stream ended or was cancelled before that.
  bool read(std::span<std::byte> dst);
  /// Either side: both stop waiting, and all calls return false.
  void cancel();

 private:
  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<std::byte>> chunks_;
  std::size_t queued_bytes_ = 0;
  std::size_t front_offset_ = 0;  // bytes of the first chunk already read; the consumer's alone
  bool finished_ = false;
  bool cancelled_ = false;
};

}  // namespace genga::image
