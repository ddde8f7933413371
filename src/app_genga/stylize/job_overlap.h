// What lets the images of a list overlap: the next one is decoded, and the last one encoded, while the network works.
#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>

#include "genga/image.h"

namespace genga::cli {

class ReadAhead {
 public:
  /// Opens an image and begins to decode it, a bounded part ahead; what is wrong with it take() throws.
  void open(const std::filesystem::path& path, const image::ReadOptions& options);
  /// The reader of this source, opened now unless it was ahead. Throws as RowReader does.
  image::RowReader take(const image::EncodedImage& source, const image::ReadOptions& options);

 private:
  std::filesystem::path path_;
  std::optional<image::RowReader> reader_;
  std::exception_ptr error_;
};

/// Ends one writer at a time on another thread.
class WriteBehind {
 public:
  using Clock = std::chrono::steady_clock;
  bool busy() const { return done_.valid(); }
  /// Requires: all rows are written; not busy().
  void finish(image::RowWriter writer);
  /// Waits, throws what RowWriter::finish() threw, tells when the file was there. Requires: busy().
  Clock::time_point wait();

 private:
  std::unique_ptr<image::RowWriter> writer_;  // outlives done_, whose destructor waits
  std::future<Clock::time_point> done_;
};

}  // namespace genga::cli
