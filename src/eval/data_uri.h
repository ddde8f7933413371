// Images inside a page.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "genga/image.h"

namespace genga::eval {

std::string base64(std::span<const std::byte> bytes);
/// "data:image/jpeg;base64,..."
std::string data_uri(const image::Image& image);

}  // namespace genga::eval
