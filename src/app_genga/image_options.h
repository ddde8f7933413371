// Options that all commands which write images understand alike: --size, --fit, --format.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::cli {

/// --size and --fit. help: of --size.
void add_size_options(CLI::App& app, std::string& size, std::string& fit, const std::string& help,
                      const std::string& group);

/// --crop: "centre" (or "center"), "attention" or a point, "0.5,0.2". Needs --size.
void add_crop_option(CLI::App& app, std::string& crop, const std::string& group);

/// Throws Error: kInvalidArgument.
image::Crop parse_crop(std::string_view text);

/// "cover", "contain", "stretch", as --fit takes them.
image::Fit parse_fit(std::string_view text);

/// The format of outputs, by name or suffix as `option` gave it. Throws Error: kInvalidArgument, with the nearest name,
/// if it cannot be written.
const image::Format* wanted_format(const std::string& name, std::string_view option);

}  // namespace genga::cli
