// Validators for option values, with messages of one form: "is 'x', expected ..." (CLI11 puts the option's name
// before). They run on the text: CLI11's own conversion would read half of "1.5x".
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::cli {

/// Passes what `parse` does not throw Error on; its message is what people are told.
CLI::Validator accepts(std::function<void(const std::string&)> parse);

CLI::Validator number_in(double low, double high);
CLI::Validator integer_in(std::int64_t low, std::int64_t high);
CLI::Validator one_of(std::initializer_list<std::string_view> words);
CLI::Validator size_text();    // what parse_size accepts
CLI::Validator memory_text();  // what parse_bytes accepts, above 0
CLI::Validator count_text();   // what parse_count accepts

/// The number that is the whole of the text; none if it is not.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "1920x1080" or "1024" (long side). Throws Error: kInvalidArgument.
image::TargetSize parse_size(std::string_view text);

/// "1000000", "200M", "2G" (decimal thousands). Throws Error: kInvalidArgument.
std::int64_t parse_count(std::string_view text);

}  // namespace genga::cli
