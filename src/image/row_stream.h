// Reads the rows of a libvips pipeline from top to bottom. libvips computes them on its own thread, at most some 16 MiB
// ahead of the caller.
#pragma once

#include <exception>
#include <span>
#include <string_view>
#include <thread>

#include "image/chunk_queue.h"
#include "image/vips_guard.h"

namespace genga::image {

class RowStream {
 public:
  /// Nothing is computed before begin() or the first read().
  explicit RowStream(ImagePtr image);
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  VipsImage* image() const { return image_.get(); }
  void begin();
  /// The next dst.size() bytes of rows in the image's own format. Throws Error: kCorruptData and whatever the decoder
  /// met; with the last row also what it met after it (a checksum that does not match, a file cut short behind it).
  void read(std::span<std::byte> dst);

 private:
  static int take_strip(VipsRegion* region, VipsRect* area, void* self);
  void run();

  ImagePtr image_;
  std::size_t n_left_;  // bytes not read yet
  ChunkQueue queue_;
  std::exception_ptr error_;  // written by the thread, and by libvips' in take_strip(), before queue_.finish()
  std::thread thread_;
};

}  // namespace genga::image
