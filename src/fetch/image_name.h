// File names of fetched images.
#pragma once

#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// A file name without suffix for any system: no separators, control characters or dots at its ends, at most 100
/// bytes of UTF-8; "image" if nothing is left.
std::string safe_name(std::string_view wish);

/// The name that the source asks for; otherwise the last part of the address and eight digits of the address's hash,
/// since names such as "1.jpg" are frequent. The same candidate always gets the same name.
std::string image_name(const ImageCandidate& candidate);

}  // namespace genga::fetch
