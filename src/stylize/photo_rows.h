// A photo as rows that are read, and a function that takes rows: from and to a file, memory, or a spool on disk.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace genga::stylize {

/// Interleaved u16 rows, top to bottom, whole rows at a time.
struct PhotoRows {
  int width = 0, height = 0;
  int channels = 3;  // 4: with alpha
  int bits = 8;      // of the samples' origin: with 8, all are multiples of 257
  std::function<void(std::span<std::uint16_t>)> read;

  std::size_t row_samples() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
  std::int64_t n_pixels() const { return std::int64_t{width} * height; }
};

using WriteRows = std::function<void(std::span<const std::uint16_t>)>;

}  // namespace genga::stylize
