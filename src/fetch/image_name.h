// How fetched images are called.
#pragma once

#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// A file name without suffix for any system: no separators, control characters or dots at its ends, at most 100
/// bytes of UTF-8; "image" if nothing is left.
std::string safe_name(std::string_view wish);

/// The source's wish; else the last part of the address with eight digits of its hash, because "1.jpg" is everywhere.
/// The same candidate always gets the same name.
std::string image_name(const Candidate& candidate);

}  // namespace genga::fetch
