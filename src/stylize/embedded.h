// Which embedded style is the default. This and embedded_styles() are defined by a file that CMake generates
// (embed_styles.cmake).
#pragma once

#include <string_view>

namespace genga::stylize {

/// Name in styles/DEFAULT; the first embedded style without that file; empty without styles.
std::string_view default_style_name();

}  // namespace genga::stylize
