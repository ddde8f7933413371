// Options that all commands which run networks understand alike: --device, --precision, --stroke-scale.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "genga/engine.h"

namespace genga::cli {

CLI::Option* add_device_option(CLI::App& app, std::string& device);
CLI::Option* add_precision_option(CLI::App& app, std::string& precision);

/// Of a text that add_precision_option() let through, or none, for a device. Throws Error: kInvalidArgument, and as
/// engine::default_precision() does.
engine::Precision parse_precision(std::string_view text, std::string_view device);

/// What parse_stroke_scale accepts.
CLI::Validator stroke_scale_text(bool or_auto);
/// "0.5", "1" to "8", or if that is allowed "auto", which is 0 as in stylize::StylizeOptions. Throws Error:
/// kInvalidArgument.
double parse_stroke_scale(std::string_view text, bool or_auto);

}  // namespace genga::cli
