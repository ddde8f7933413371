// Which image is drawn when: shuffled epochs, as a pure function of (seed, draw).
#pragma once

#include <cstdint>

namespace genga::loader {

/// The image of the draw-th draw: every epoch of n draws shows each of n images once, in a new order.
/// seed: differs between photos and styles. Cost: constant, no table.
std::int64_t sample(std::uint64_t seed, std::int64_t draw, std::int64_t n);

}  // namespace genga::loader
