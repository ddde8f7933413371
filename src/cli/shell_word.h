// Commands that are shown for people to copy.
#pragma once

#include <string>

namespace genga::cli {

/// The text as one word of a shell's command: in quotes where it needs them.
std::string shell_word(const std::string& text);

}  // namespace genga::cli
