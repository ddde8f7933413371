// Lists of addresses that people made: plain text, CSV, JSON, JSON lines.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/source.h"

namespace genga::fetch {

bool is_url_list(const std::string& argument);
/// Throws Error: kNotFound, kIo, kCorruptData (naming line and column), kInvalidArgument (an unknown key).
std::unique_ptr<Source> open_url_list(const std::string& argument, const SourceContext& context);

/// One address a line; # begins a comment after a space or at the start. name: for messages.
std::vector<Candidate> parse_text_list(std::string_view text, const std::string& name);
/// RFC 4180 with a header that names the columns: url, licence, licence_url, author, attribution, title, page, tags
/// (separated by spaces), sha1, md5. A byte order mark, CR LF and empty lines are accepted.
std::vector<Candidate> parse_csv_list(std::string_view text, const std::string& name);
/// An array of objects, or an object a line; the same keys, tags as an array or a string.
std::vector<Candidate> parse_json_list(std::string_view text, const std::string& name);
std::vector<Candidate> parse_json_lines(std::string_view text, const std::string& name);

}  // namespace genga::fetch
