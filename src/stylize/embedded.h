// The one thing about embedded styles that the public header does not say. Both are defined by the file that CMake generates.
#pragma once

#include <string_view>

namespace genga::stylize {

/// Name in styles/DEFAULT; the first embedded style without that file; empty without styles.
std::string_view default_style_name();

}  // namespace genga::stylize
