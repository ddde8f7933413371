// Comma-separated values (RFC 4180).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genga::fetch {

struct CsvRow {
  int line = 0;  // where it begins, from 1
  std::vector<std::string> fields{};
  std::string problem{};  // why the row cannot be read, and has no fields: "a quote is opened and not closed"; empty:
                          // it could
};

/// Rows in order; empty lines are left out, a byte order mark and CR LF accepted. The separator is a comma, or what the
/// first line has instead of commas: semicolons or tabs, as spreadsheets write them. A row with a broken quote, or
/// whose quotes go on over more than 100 lines, ends with its line and says so; the rows after it are read.
std::vector<CsvRow> parse_csv(std::string_view text);

}  // namespace genga::fetch
