// Names of files in messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genga::cli {

/// "genga: 12 new in the folder:" and the first names below it, then how many more; nothing for none.
void say_files(std::string_view what, const std::vector<std::string>& files);

}  // namespace genga::cli
