// --precision, which all commands that run networks understand alike.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "genga/engine.h"

namespace genga::cli {

CLI::Option* add_precision_option(CLI::App& app, std::string& precision);

/// Of a text that add_precision_option() let through, or none, for a device. Throws Error: kInvalidArgument, and as
/// engine::default_precision() does.
engine::Precision parse_precision(std::string_view text, std::string_view device);

}  // namespace genga::cli
