// For networks whose norms take statistics of the whole image, on images too large to run whole: one pass over the
// reduced image records the statistics, then all tiles use the same ones, so that there are no seams between them.
// Source: algorithms.md 14c.
#pragma once

#include <vector>

#include "genga/stylize.h"
#include "stylize/photo_rows.h"
#include "stylize/session_cache.h"

namespace genga::stylize {

/// Reads all of photo into the spool, and gives the model with statistics of the photo reduced to one megapixel or to
/// what memory allows. Throws Error: kCancelled, kIo, kOutOfMemory.
weights::Model freeze_for(SessionCache& sessions, const weights::Model& model, const PhotoRows& photo,
                          const WriteRows& spool, const StylizeOptions& options);

/// Averages blocks of factor x factor pixels while rows are added one by one.
class Reducer {
 public:
  Reducer(const PhotoRows& photo, int factor);
  void add(std::span<const std::uint16_t> row);
  /// RGB, after all rows were added.
  const std::vector<std::uint16_t>& pixels() const { return pixels_; }
  int width() const { return width_; }
  int height() const { return height_; }

 private:
  void finish_row();

  const int photo_width_, photo_height_, channels_, factor_;
  const int width_, height_;
  std::vector<std::uint64_t> sums_;  // of the current row of blocks
  std::vector<std::uint16_t> pixels_;
  int n_rows_ = 0;   // added to sums_
  int n_total_ = 0;  // added at all
};

}  // namespace genga::stylize
