// MD5 and SHA-1, which some sources give for their files. They show that a download is damaged; they do not protect
// against forgery.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace genga::fetch {

/// Hex, lower case.
std::string md5_of(std::span<const std::byte> bytes);
std::string sha1_of(std::span<const std::byte> bytes);

}  // namespace genga::fetch
