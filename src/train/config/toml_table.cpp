// The one place where toml++ meets a stranger's bytes.
#include "train/config/toml_table.h"

#include <algorithm>

#include "genga/error.h"

namespace genga::train {
namespace {

/// toml++ nests a table in a table for each dot of a key, and their destructors call one another: tens of thousands
/// fill the stack.
void check_dots(std::string_view text, std::string_view source) {
  constexpr std::ptrdiff_t kMaxDots = 5000;
  if (std::ranges::count(text, '.') <= kMaxDots) return;
  fail(ErrorCode::kInvalidArgument, "{}: has more than {} dots; a run's keys have none", source, kMaxDots);
}

}  // namespace

toml::table parse_toml(std::string_view text, std::string_view source) {
  check_dots(text, source);
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    fail(ErrorCode::kInvalidArgument, "{}:{}: {}", source, error.source().begin.line, error.description());
  }
}

}  // namespace genga::train
