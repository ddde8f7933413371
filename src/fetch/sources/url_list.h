// Lists of addresses that people made: plain text, CSV, JSON, JSON lines.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

bool is_url_list(const std::string& argument);
/// Read at once, listed in pages; the cursor is the number of the next candidate.
/// Throws Error: kNotFound, kIo, kCorruptData (no list at all: no column 'url', no JSON, UTF-16).
std::unique_ptr<ImageSource> open_url_list(const std::string& argument, const SourceContext& context);

/// What a list offers; rows that cannot be used are passed over, with their lines.
struct UrlList {
  Listing listing{};
  std::string notice{};  // which columns are not used; empty: all are
};

// The keys of tables, in any case: url, licence, licence_url, author, attribution, title, page, tags, sha1, md5; others
// are ignored and named in the notice. name: for messages. Throws Error as open_url_list does.

/// One address a line; # at its start or after a space begins a comment.
UrlList parse_text_list(std::string_view text, const std::string& name);
/// A header names the columns; tags are separated by commas, or by spaces if there is no comma.
UrlList parse_csv_list(std::string_view text, const std::string& name);
/// An array of addresses or of objects; tags as an array or as in CSV.
UrlList parse_json_list(std::string_view text, const std::string& name);
/// An object a line.
UrlList parse_json_lines(std::string_view text, const std::string& name);

}  // namespace genga::fetch
