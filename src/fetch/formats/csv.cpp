// Parses CSV. By hand: Debian's libcsv says neither in which line an error is nor which separator a file has, and the
// parser is short.
#include "fetch/formats/csv.h"

#include <fmt/format.h>

#include <algorithm>

namespace genga::fetch {
namespace {

// Lines that one row may go over. A broken row ends with its first line, so a line may be read this many times.
constexpr int kMaxRowLines = 100;

char separator_of(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
  if (first.find(',') != std::string_view::npos) return ',';
  for (const char c : {';', '\t'}) {
    if (first.find(c) != std::string_view::npos) return c;
  }
  return ',';
}

class CsvParser {
 public:
  explicit CsvParser(std::string_view text) : text_(text), separator_(separator_of(text)) {}

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row = next_row();
      if (!row.problem.empty() || row.fields.size() > 1 || !row.fields.front().empty()) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  CsvRow next_row() {
    CsvRow row{.line = line_, .fields = {}};
    const std::size_t begin = at_;
    for (;;) {
      row.fields.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted(row) : plain());
      if (!row.problem.empty()) {  // its quotes say nothing about where it ends: with its first line
        at_ = std::min(text_.find('\n', begin), text_.size());
        line_ = row.line;
        row.fields.clear();
      }
      if (at_ == text_.size()) return row;
      if (text_[at_] == separator_ && row.problem.empty()) {
        ++at_;
        continue;
      }
      if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
      ++at_;
      ++line_;
      return row;
    }
  }

  bool ends_field(char c) const { return c == separator_ || c == '\n' || c == '\r'; }

  std::string plain() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_field(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted(CsvRow& row) {
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n' && ++line_ - row.line >= kMaxRowLines) break;
      if (c != '"') {
        field += c;
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += c;
        ++at_;
      } else {
        ++at_;
        if (at_ < text_.size() && !ends_field(text_[at_])) {
          row.problem = "text follows a closing quote; a quote within quotes is doubled";
        }
        return field;
      }
    }
    row.problem = at_ < text_.size() ? fmt::format("its quotes go on over more than {} lines", kMaxRowLines)
                                     : "a quote is opened and not closed";
    return field;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return CsvParser(text).rows();
}

}  // namespace genga::fetch
