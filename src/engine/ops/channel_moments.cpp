// Two passes: rows first, then their groups joined per channel.
#include "engine/ops/channel_moments.h"

#include "engine/kernels/isa.h"

namespace genga::engine {

std::int64_t ChannelMoments::scratch_bytes() const {
  return src_.stored_channels() * (std::int64_t{sizeof(Group)} + 2 * src_.shape.h * std::int64_t{sizeof(double)});
}

std::span<Group> ChannelMoments::measure(const RunContext& context, std::byte* scratch) const {
  const std::int64_t h = src_.shape.h;
  const std::span groups(reinterpret_cast<Group*>(scratch), static_cast<std::size_t>(src_.stored_channels()));
  auto* means = reinterpret_cast<double*>(groups.data() + groups.size());  // [blocks][h][block channels]
  double* deviations = means + h * src_.stored_channels();
  const float* src = context.data[src_.value];
  parallel_for(src_.blocks() * h, [&](std::int64_t i) {
    kernels().moments(src + src_.offset(i / h, i % h), src_.shape.w, means + i * src_.block_channels,
                      deviations + i * src_.block_channels);
  });
  parallel_for(src_.stored_channels(), [&](std::int64_t c) {
    const std::int64_t first = c / src_.block_channels * h * src_.block_channels + c % src_.block_channels;
    groups[static_cast<std::size_t>(c)] = join(h, static_cast<double>(src_.shape.w), [&](std::int64_t y) {
      return Group{means[first + y * src_.block_channels], deviations[first + y * src_.block_channels]};
    });
  });
  return groups;
}

}  // namespace genga::engine
