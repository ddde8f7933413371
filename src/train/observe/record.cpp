// CRC32C by tables, and the frame around a record.
#include "train/observe/record.h"

#include <array>
#include <bit>

namespace genga::train {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli's, reflected

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Table 0 takes one byte; table k a byte that k more follow, so that eight bytes go at once ("slicing by 8").
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[k - 1][byte];
      tables[k][byte] = crc >> 8 ^ tables[0][crc & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

template <class T>
void append_little_endian(std::string& dst, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) dst.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  while (bytes.size() >= 8) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      const std::uint32_t mixed = byte_at(bytes, i) ^ (i < 4 ? crc >> (8 * i) & 0xFF : 0);
      next ^= kTables[7 - i][mixed];
    }
    crc = next;
    bytes.remove_prefix(8);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) crc = crc >> 8 ^ kTables[0][(crc ^ byte_at(bytes, i)) & 0xFF];
  return ~crc;
}

std::uint32_t masked_crc32c(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xA282EAD8;
}

void append_record(std::string& dst, std::string_view bytes) {
  std::string length;
  append_little_endian(length, std::uint64_t{bytes.size()});
  dst += length;
  append_little_endian(dst, masked_crc32c(length));
  dst += bytes;
  append_little_endian(dst, masked_crc32c(bytes));
}

}  // namespace genga::train
