// TOML files: parsed, and every fault told in one sentence.
#pragma once

#include <toml++/toml.h>

#include <string_view>

namespace genga::train {

/// source: what the text is called, for errors. Throws Error: kInvalidArgument, with the line.
toml::table parse_toml(std::string_view text, std::string_view source);

}  // namespace genga::train
