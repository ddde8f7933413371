// The programs that genga hands commands over to: genga-train and genga-data, which lie beside it.
#pragma once

#include <string>
#include <vector>

#include "cli/option_table.h"

namespace genga::cli {

/// Replaces this process by a program of ours that is installed beside it. Throws Error: kNotFound if it is not there.
[[noreturn]] void hand_over(const std::string& program, const std::vector<std::string>& arguments);

/// What such a program says of its commands, for texts; a table without commands if it is not there.
CommandDoc table_of(const std::string& program);

}  // namespace genga::cli
