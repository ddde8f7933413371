// Validators for option values, with messages of one form: "is 'x', expected ..." (CLI11 puts the option's name
// before). They run on the text, so numbers never reach CLI11's own conversion half-read ("1.5x").
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::cli {

CLI::Validator number_in(double low, double high);
CLI::Validator integer_in(std::int64_t low, std::int64_t high);
CLI::Validator one_of(std::initializer_list<std::string_view> words);
CLI::Validator size_text();    // what parse_size accepts
CLI::Validator memory_text();  // what parse_bytes accepts, above 0
CLI::Validator count_text();   // what parse_count accepts
CLI::Validator seeds_text();   // what parse_seeds accepts
CLI::Validator grid_text();    // what parse_grid accepts
CLI::Validator device_text();  // what engine::is_device accepts
/// What parse_stroke_scale accepts.
CLI::Validator stroke_scale_text(bool or_auto);

/// The format of outputs, by name or suffix as `option` gave it. Throws Error: kInvalidArgument, with the nearest name,
/// if it cannot be written.
const image::Format* wanted_format(const std::string& name, std::string_view option);

/// --size and --fit, which all commands understand alike. help: of --size.
void add_size_options(CLI::App& app, std::string& size, std::string& fit, const std::string& help,
                      const std::string& group);

/// --device, which all commands that run networks understand alike.
CLI::Option* add_device_option(CLI::App& app, std::string& device);

/// "cover", "contain", "stretch", as --fit takes them.
image::Fit parse_fit(std::string_view text);

/// "1920x1080" or "1024" (long side). Throws Error: kInvalidArgument.
image::TargetSize parse_size(std::string_view text);

/// "1000000", "200M", "2G" (decimal thousands). Throws Error: kInvalidArgument.
std::int64_t parse_count(std::string_view text);

/// "0.5", "1" to "8", or if that is allowed "auto", which is 0 as in stylize::StylizeOptions. Throws Error:
/// kInvalidArgument.
double parse_stroke_scale(std::string_view text, bool or_auto);

}  // namespace genga::cli
