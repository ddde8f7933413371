// Checksums that sources give for their files. Old ones: they find damage, not forgery.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace genga::fetch {

/// Hex, lower case.
std::string md5_of(std::span<const std::byte> bytes);
std::string sha1_of(std::span<const std::byte> bytes);

}  // namespace genga::fetch
