// Converts samples between 8 and 16 bits.
#pragma once

#include <cstdint>

namespace genga::image {

constexpr std::uint16_t widen(std::uint8_t sample) {
  return static_cast<std::uint16_t>(sample * 257);
}
/// To the nearest; undoes widen() exactly.
constexpr std::uint8_t narrow(std::uint16_t sample) {
  return static_cast<std::uint8_t>((std::uint32_t{sample} * 255 + 32767) / 65535);
}
/// Blends a sample over white by its alpha. Opaque samples stay as they are.
constexpr std::uint16_t over_white(std::uint16_t sample, std::uint16_t alpha) {
  const std::uint64_t sum = std::uint64_t{sample} * alpha + std::uint64_t{65535} * (65535 - alpha);
  return static_cast<std::uint16_t>((sum + 32767) / 65535);
}

}  // namespace genga::image
