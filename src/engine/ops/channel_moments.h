// Mean and squared deviation of every channel of a blocked value.
#pragma once

#include <cstddef>
#include <span>

#include "engine/ops/task.h"

namespace genga::engine {

struct Group {
  double mean = 0;
  double deviation = 0;  // sum of squared deviations from the mean
};

/// Joins n groups of `group_size` values each; at(i) is the i-th. In double precision, so that a large mean with a
/// small variance loses nothing (Chan et al. 1983, eq. 2.1 for groups of one size).
template <class At>
Group join(std::int64_t n, double group_size, const At& at) {
  Group all;
  for (std::int64_t i = 0; i < n; ++i) all.mean += at(i).mean;
  all.mean /= static_cast<double>(n);
  for (std::int64_t i = 0; i < n; ++i) {
    const Group group = at(i);
    const double d = group.mean - all.mean;
    all.deviation += group.deviation + group_size * d * d;
  }
  return all;
}

class ChannelMoments {
 public:
  explicit ChannelMoments(View src) : src_(std::move(src)) {}

  std::int64_t scratch_bytes() const;
  /// One group a stored channel, in `scratch`. Threads: those of the enclosing ScopedThreads.
  std::span<Group> measure(const RunContext& context, std::byte* scratch) const;
  std::int64_t n_pixels() const { return src_.shape.h * src_.shape.w; }

 private:
  View src_;
};

}  // namespace genga::engine
