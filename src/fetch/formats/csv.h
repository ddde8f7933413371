// Comma-separated values (RFC 4180).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genga::fetch {

struct CsvRow {
  int line = 0;  // where it begins, from 1
  std::vector<std::string> fields{};
};

/// Rows in order; empty lines are left out, a byte order mark and CR LF accepted. The separator is a comma, or what the
/// first line has instead of commas: semicolons or tabs, as spreadsheets write them. name: for messages.
/// Throws Error: kCorruptData (a quote that is not closed, text behind a closed one).
std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name);

}  // namespace genga::fetch
