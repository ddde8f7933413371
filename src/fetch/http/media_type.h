// Whether an answer is what was asked for, by its header and by its first bytes.
#pragma once

#include <string>
#include <string_view>

namespace genga::fetch {

/// "Image/JPEG; q=1" -> "image/jpeg"
std::string media_type(std::string_view header);

/// True if `type` may hold what `expected` ("image/", "application/json") asks for. No type may. Images may come under
/// any type, since many servers know none: their bytes decide (no_image, and then decoding).
bool type_fits(std::string_view expected, std::string_view type);

/// What an answer's first bytes really are, if they are text, a video or sound: "a web page", "JSON"; empty if they may
/// be an image. Servers send error pages as image/jpeg, and images as text/plain.
std::string_view no_image(std::string_view bytes, std::string_view type);

}  // namespace genga::fetch
