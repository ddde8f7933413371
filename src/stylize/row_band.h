// The rows of a photo that the current row of tiles reads. They are read once, from top to bottom, and forgotten when
// no later tile needs them.
#pragma once

#include <cstdint>
#include <vector>

#include "stylize/photo_rows.h"

namespace genga::stylize {

class RowBand {
 public:
  /// max_rows: the most rows it will hold. They are reserved, because growing would take twice the memory planned.
  RowBand(const PhotoRows& photo, int max_rows) : photo_(photo) {
    rows_.reserve(photo.row_samples() * static_cast<std::size_t>(max_rows));
  }

  /// Forgets rows before `begin` and reads up to, not including, `end`. Both may only grow.
  void move_to(int begin, int end);
  /// Gives the memory back; no row may be asked for any more.
  void release() { rows_ = std::vector<std::uint16_t>(); }  // "= {}" would keep the memory
  /// A row in the band.
  const std::uint16_t* row(int y) const {
    return rows_.data() + static_cast<std::size_t>(y - first_) * photo_.row_samples();
  }

 private:
  const PhotoRows& photo_;
  std::vector<std::uint16_t> rows_;
  int first_ = 0;
  int end_ = 0;
};

}  // namespace genga::stylize
