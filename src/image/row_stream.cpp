// RowStream: libvips computes an image's rows on a thread, a bounded queue hands them to the caller.
#include "image/row_stream.h"

#include <algorithm>
#include <utility>

namespace genga::image {
namespace {

constexpr std::size_t kAheadBytes = std::size_t{16} << 20;

}  // namespace

RowStream::RowStream(ImagePtr image)
    : image_(std::move(image)), n_left_(VIPS_IMAGE_SIZEOF_IMAGE(image_.get())), queue_(kAheadBytes) {
  // With several threads libvips 8.14 may lose an error in the last strip, and its rows are black: about one run in
  // ten.
  vips_image_set_int(image_.get(), VIPS_META_CONCURRENCY, 1);
}

RowStream::~RowStream() {
  queue_.cancel();
  if (thread_.joinable()) thread_.join();
}

int RowStream::take_strip(VipsRegion* region, VipsRect* area, void* self) {
  auto* stream = static_cast<RowStream*>(self);
  return run_callback(stream->error_, [&] {
    const std::size_t row_bytes = static_cast<std::size_t>(area->width) * VIPS_IMAGE_SIZEOF_PEL(region->im);
    std::vector<std::byte> chunk(row_bytes * static_cast<std::size_t>(area->height));
    for (int y = 0; y < area->height; ++y) {
      const auto* src = reinterpret_cast<const std::byte*>(VIPS_REGION_ADDR(region, area->left, area->top + y));
      std::copy_n(src, row_bytes, chunk.begin() + static_cast<std::ptrdiff_t>(row_bytes) * y);
    }
    return stream->queue_.push(std::move(chunk)) ? 0 : -1;
  });
}

void RowStream::run() {
  const VipsThread thread;
  try {
    if (vips_sink_disc(image_.get(), &RowStream::take_strip, this) != 0) {
      fail_vips(ErrorCode::kCorruptData, "the image is broken or cut short");
    }
  } catch (...) {
    if (!error_) error_ = std::current_exception();  // what the callback threw is the cause
  }
  queue_.finish();
}

void RowStream::begin() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void RowStream::read(std::span<std::byte> dst) {
  if (dst.empty()) return;
  if (dst.size() > n_left_) fail(ErrorCode::kInternal, "more rows were asked for than the image has");
  begin();
  const bool whole = queue_.read(dst);
  n_left_ = whole ? n_left_ - dst.size() : 0;
  if (n_left_ > 0) return;
  thread_.join();
  if (error_) std::rethrow_exception(error_);
  if (!whole) fail(ErrorCode::kInternal, "the image ended before its last row");
}

}  // namespace genga::image
