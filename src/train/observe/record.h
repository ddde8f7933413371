// TFRecord, the framing of TensorBoard's event files:
//   u64 length | u32 masked CRC32C of the length | bytes | u32 masked CRC32C of the bytes, all little-endian.
// Source: tensorflow/core/lib/io/record_writer.h; CRC32C: RFC 3720 appendix B.4. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace genga::train {

std::uint32_t crc32c(std::string_view bytes);
/// Rotated and offset, so that the CRC of bytes that hold CRCs keeps its strength.
std::uint32_t masked_crc32c(std::string_view bytes);
/// Appends one record.
void append_record(std::string& dst, std::string_view bytes);

}  // namespace genga::train
