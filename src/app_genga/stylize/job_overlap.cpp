// The image read ahead, and the one that is still being written.
#include "app_genga/stylize/job_overlap.h"

#include <utility>

#include "genga/error.h"

namespace genga::cli {

void ReadAhead::open(const std::filesystem::path& path, const image::ReadOptions& options) {
  path_ = path;
  reader_.reset();
  error_ = nullptr;
  try {
    reader_.emplace(image::EncodedImage{path}, options);
    reader_->begin();
  } catch (const Error&) {
    error_ = std::current_exception();
  }
}

image::RowReader ReadAhead::take(const image::EncodedImage& source, const image::ReadOptions& options) {
  const bool ahead = !path_.empty() && path_ == source.path;
  path_.clear();
  std::optional<image::RowReader> reader = std::exchange(reader_, std::nullopt);
  if (const std::exception_ptr error = std::exchange(error_, nullptr); ahead && error) std::rethrow_exception(error);
  return ahead ? std::move(*reader) : image::RowReader(source, options);
}

void WriteBehind::finish(image::RowWriter writer) {
  writer_ = std::make_unique<image::RowWriter>(std::move(writer));
  done_ = std::async(std::launch::async, [this] {
    writer_->finish();
    return Clock::now();
  });
}

WriteBehind::Clock::time_point WriteBehind::wait() {
  done_.wait();
  const auto writer = std::move(writer_);  // gone when this returns or throws: nothing half-written stays behind
  return done_.get();
}

}  // namespace genga::cli
