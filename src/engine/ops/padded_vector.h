// Per-channel vectors filled up with zeros to whole blocks.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/view.h"

namespace genga::engine {

inline std::vector<float> padded(std::vector<float> per_channel, const View& view) {
  if (!per_channel.empty()) per_channel.resize(static_cast<std::size_t>(view.stored_channels()), 0.F);
  return per_channel;
}

}  // namespace genga::engine
