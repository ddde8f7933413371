// Images as text inside an HTML page.
#pragma once

#include <string>

#include "genga/image.h"

namespace genga::eval {

/// "data:image/jpeg;base64,..."
std::string data_uri(const image::Image& image);

}  // namespace genga::eval
