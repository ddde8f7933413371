#include "image/row_stream.h"

#include <algorithm>
#include <utility>

namespace genga::image {
namespace {

constexpr std::size_t kAheadBytes = std::size_t{16} << 20;

}  // namespace

RowStream::RowStream(ImagePtr image) : image_(std::move(image)), queue_(kAheadBytes) {}

RowStream::~RowStream() {
  queue_.cancel();
  if (thread_.joinable()) thread_.join();
}

int RowStream::take_strip(VipsRegion* region, VipsRect* area, void* self) {
  const std::size_t row_bytes = static_cast<std::size_t>(area->width) * VIPS_IMAGE_SIZEOF_PEL(region->im);
  std::vector<std::byte> chunk(row_bytes * static_cast<std::size_t>(area->height));
  for (int y = 0; y < area->height; ++y) {
    const auto* src = reinterpret_cast<const std::byte*>(VIPS_REGION_ADDR(region, area->left, area->top + y));
    std::copy_n(src, row_bytes, chunk.begin() + static_cast<std::ptrdiff_t>(row_bytes) * y);
  }
  return static_cast<RowStream*>(self)->queue_.push(std::move(chunk)) ? 0 : -1;
}

void RowStream::run() {
  const VipsThread thread;
  try {
    if (vips_sink_disc(image_.get(), &RowStream::take_strip, this) != 0) {
      fail_vips(ErrorCode::kCorruptData, "the picture is broken or cut short");
    }
  } catch (...) {
    error_ = std::current_exception();
  }
  queue_.finish();
}

void RowStream::begin() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void RowStream::read(std::span<std::byte> dst) {
  begin();
  if (queue_.read(dst)) return;
  if (error_) std::rethrow_exception(error_);
  fail(ErrorCode::kInternal, "more rows were asked for than the picture has");
}

}  // namespace genga::image
