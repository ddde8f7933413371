// Holds a photo's rows on disk between two passes over it. The file has no name and is gone when the object is.
#pragma once

#include <cstddef>

#include "genga/system.h"
#include "stylize/photo_rows.h"

namespace genga::stylize {

class RowSpool {
 public:
  /// Rows of the shape of `photo`; 8-bit samples take one byte. Throws Error: kIo.
  explicit RowSpool(const PhotoRows& photo);
  RowSpool(const RowSpool&) = delete;
  RowSpool& operator=(const RowSpool&) = delete;

  void append(std::span<const std::uint16_t> rows);
  /// The rows again, from the first; the spool must outlive them.
  PhotoRows rows();

 private:
  void read(std::span<std::uint16_t> rows);

  PhotoRows shape_;
  FileDescriptor file_;
  std::int64_t read_at_ = 0;
};

}  // namespace genga::stylize
