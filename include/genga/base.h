// Small things every module may use: files that appear only when whole, cancellation, progress, nearest names, fp16.
// Nothing here knows about images or networks. All functions are thread-safe unless said otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace genga {

/// Set from a signal handler or another thread; long loops call check().
class CancelToken {
 public:
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  /// Throws Error: kCancelled.
  void check() const;

 private:
  std::atomic<bool> cancelled_{false};
};

/// Called with work done so far and the total, in any unit; from one thread at a time.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/// A file that appears under its name only when commit() is called: it is written beside it under a temporary
/// name and renamed. Not committed (an exception, Ctrl-C): the temporary file is removed and nothing changes.
/// Throws Error: kIo (no permission, no folder, disk full), naming the path.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();
  const std::filesystem::path& temporary() const { return temporary_; }
  const std::filesystem::path& path() const { return path_; }
  /// Flushes to disk and renames over path().
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty once committed or moved from
};

/// Whole file to memory. Throws Error: kNotFound, kIo; kOutOfMemory above max_bytes.
std::vector<std::byte> read_file(const std::filesystem::path& path, std::int64_t max_bytes = std::int64_t{1} << 32);
/// Atomic write of a whole file.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// The candidate closest to `word` by edit distance, if it is close enough to be a typing error.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);
/// "; did you mean 'x'?" or "" for error messages.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// IEEE binary16 conversions, round to nearest even.
float half_to_float(std::uint16_t half);
std::uint16_t float_to_half(float value);

/// "1.5 GiB"
std::string format_bytes(std::int64_t bytes);
/// Accepts "800M", "1.5G", "2GiB", "123456". Throws Error: kInvalidArgument.
std::int64_t parse_bytes(std::string_view text);

/// Number of processors this process may run on (affinity mask and cgroup quota), at least 1.
int available_cores();
/// Memory this process may use: the smaller of MemAvailable and the cgroup's limit.
std::int64_t available_memory_bytes();

}  // namespace genga
