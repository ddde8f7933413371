// Whether an answer is what was asked for, by its header and by its first bytes.
#pragma once

#include <string>
#include <string_view>

namespace genga::fetch {

/// "Image/JPEG; q=1" -> "image/jpeg"
std::string media_type(std::string_view header);

/// True if `type` may hold what `expected` ("image/", "application/json") asks for. No type and "any bytes" may.
bool type_fits(std::string_view expected, std::string_view type);

/// What bytes sent as an image really are, if they are text: "a web page", "JSON"; empty if they look like none.
/// Servers send error pages as image/jpeg.
std::string_view text_instead_of_image(std::string_view bytes);

}  // namespace genga::fetch
