// Images as encoded bytes in memory, for files that hold them.
#pragma once

#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::train {

/// format: an image::Format's name; quality: as image::WriteOptions. Throws Error as image::RowWriter does.
std::string encode_image(const image::Image& image, std::string_view format, int quality);
std::string base64(std::string_view bytes);

}  // namespace genga::train
