#include "engine/channel_moments.h"

#include "engine/isa.h"

namespace genga::engine {

std::int64_t ChannelMoments::scratch_bytes() const {
  return src_.stored_channels() * (std::int64_t{sizeof(Group)} + 2 * src_.shape.h * std::int64_t{sizeof(double)});
}

std::span<Group> ChannelMoments::measure(const Frame& frame, std::byte* scratch) const {
  const std::int64_t h = src_.shape.h;
  const std::span groups(reinterpret_cast<Group*>(scratch), static_cast<std::size_t>(src_.stored_channels()));
  auto* means = reinterpret_cast<double*>(groups.data() + groups.size());  // [blocks][h][lanes]
  double* deviations = means + h * src_.stored_channels();
  const float* src = frame.data[src_.value];
  parallel_for(src_.blocks() * h, [&](std::int64_t i) {
    kernels().moments(src + src_.offset(i / h, i % h), src_.shape.w, means + i * src_.lanes,
                      deviations + i * src_.lanes);
  });
  parallel_for(src_.stored_channels(), [&](std::int64_t c) {
    const std::int64_t first = c / src_.lanes * h * src_.lanes + c % src_.lanes;
    groups[static_cast<std::size_t>(c)] = join(h, static_cast<double>(src_.shape.w), [&](std::int64_t y) {
      return Group{means[first + y * src_.lanes], deviations[first + y * src_.lanes]};
    });
  });
  return groups;
}

}  // namespace genga::engine
