// Frames between threads, of which only so many wait.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace genga::cli {

/// First in, first out. close(): takers get what is left, then nothing; nobody waits any more to put.
template <typename Item>
class FrameQueue {
 public:
  explicit FrameQueue(std::size_t capacity) : capacity_(capacity) {}

  /// False once it is closed.
  bool put(Item item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }
  std::optional<Item> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    changed_.notify_all();
    return item;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<Item> items_;
  bool closed_ = false;
};

/// Items come in any order and leave in the order of their numbers, from 0.
template <typename Item>
class OrderedQueue {
 public:
  explicit OrderedQueue(std::int64_t capacity) : capacity_(capacity) {}

  /// Waits while the number is too far ahead. False once it is closed.
  bool put(std::int64_t number, Item item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || number < next_ + capacity_; });
    if (closed_) return false;
    items_.emplace(number, std::move(item));
    changed_.notify_all();
    return true;
  }
  /// Nothing once it is closed and the next item is not there.
  std::optional<Item> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || items_.contains(next_); });
    auto node = items_.extract(next_);
    if (node.empty()) return std::nullopt;
    ++next_;
    changed_.notify_all();
    return std::move(node.mapped());
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  const std::int64_t capacity_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::int64_t, Item> items_;
  std::int64_t next_ = 0;
  bool closed_ = false;
};

}  // namespace genga::cli
