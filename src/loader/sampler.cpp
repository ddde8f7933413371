// The order of images in shuffled epochs, by a small permutation cipher in place of a stored list.
#include "loader/sampler.h"

#include <bit>

#include "genga/random.h"

namespace genga::loader {
namespace {

/// A permutation of 0..2^(2*half_bits)-1 by a four-round Feistel network.
std::uint64_t scramble(std::uint64_t value, int half_bits, std::uint64_t seed, std::uint64_t epoch) {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
  std::uint64_t left = value >> half_bits, right = value & mask;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const std::uint64_t mixed = left ^ (Rng(~seed ^ (right << 32), epoch * 4 + round).next() & mask);
    left = right;
    right = mixed;
  }
  return left << half_bits | right;
}

}  // namespace

std::int64_t sample(std::uint64_t seed, std::int64_t draw, std::int64_t n) {
  const auto size = static_cast<std::uint64_t>(n);
  const std::uint64_t epoch = static_cast<std::uint64_t>(draw) / size;
  const int half_bits = (static_cast<int>(std::bit_width(size)) + 1) / 2;
  // Walking the cycle until the value falls inside 0..n-1 keeps it a permutation of exactly n.
  std::uint64_t value = static_cast<std::uint64_t>(draw) % size;
  do {
    value = scramble(value, half_bits, seed, epoch);
  } while (value >= size);
  return static_cast<std::int64_t>(value);
}

}  // namespace genga::loader
