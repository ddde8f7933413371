// ChunkQueue: the bounded queue of bytes between one producer and one consumer.
#include "image/chunk_queue.h"

#include <algorithm>

namespace genga::image {

bool ChunkQueue::push(std::vector<std::byte> chunk) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return cancelled_ || chunks_.empty() || queued_bytes_ + chunk.size() <= max_bytes_; });
  if (cancelled_) return false;
  queued_bytes_ += chunk.size();
  chunks_.push_back(std::move(chunk));
  changed_.notify_all();
  return true;
}

void ChunkQueue::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void ChunkQueue::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  changed_.notify_all();
}

bool ChunkQueue::read(std::span<std::byte> dst) {
  std::unique_lock lock(mutex_);
  while (!dst.empty()) {
    changed_.wait(lock, [&] { return cancelled_ || finished_ || !chunks_.empty(); });
    if (cancelled_ || chunks_.empty()) return false;
    const std::vector<std::byte>& front = chunks_.front();
    const std::size_t n = std::min(dst.size(), front.size() - front_offset_);
    std::copy_n(front.begin() + static_cast<std::ptrdiff_t>(front_offset_), n, dst.begin());
    dst = dst.subspan(n);
    front_offset_ += n;
    if (front_offset_ == front.size()) {
      queued_bytes_ -= front.size();
      chunks_.pop_front();
      front_offset_ = 0;
      changed_.notify_all();
    }
  }
  return true;
}

}  // namespace genga::image
