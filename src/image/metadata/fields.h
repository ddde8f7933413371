// The fields of a libvips image's header: names, and blocks of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/vips_guard.h"

namespace genga::image {

std::vector<std::string> field_names(VipsImage* image);
/// Empty if there is none. Valid until the field is changed.
std::string_view blob_of(VipsImage* image, const char* field);
/// A copy. Empty: the field is removed.
void set_blob(VipsImage* image, const char* field, std::string_view blob);

/// The unsigned number that up to four bytes make, as PNG's chunks, 8BIM blocks and HEIF's boxes write it.
inline std::uint32_t big_endian_number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace genga::image
