// --licence, which all commands that write manifests understand alike.
#pragma once

#include <string>

namespace genga::cli {

/// The licence table's id for what was typed; words that the table does not know as they are, with a warning if `warn`.
std::string known_licence(const std::string& typed, bool warn);

}  // namespace genga::cli
