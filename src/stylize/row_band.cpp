// RowBand: which rows of the photo are held while windows move down.
#include "stylize/row_band.h"

#include <algorithm>
#include <span>

namespace genga::stylize {

void RowBand::move_to(int begin, int end) {
  const std::size_t row = photo_.row_samples();
  const int kept_from = std::clamp(begin, first_, end_);
  rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(row) * (kept_from - first_));
  first_ = kept_from;
  if (end <= end_) return;
  const std::size_t kept = rows_.size();
  rows_.resize(kept + row * static_cast<std::size_t>(end - end_));
  photo_.read(std::span(rows_).subspan(kept));
  end_ = end;
}

}  // namespace genga::stylize
