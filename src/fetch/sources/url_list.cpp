// Reads lists of addresses and pages through them.
#include "fetch/sources/url_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fetch/formats/csv.h"
#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kPage = 100;
constexpr std::int64_t kMaxListBytes = std::int64_t{1} << 30;

std::vector<std::string> split_tags(std::string_view text) {
  const bool commas = text.find(',') != std::string_view::npos;
  std::vector<std::string> tags;
  while (!text.empty()) {
    const auto end = std::min(commas ? text.find(',') : text.find_first_of(" \t"), text.size());
    if (const auto tag = trimmed(text.substr(0, end)); !tag.empty()) tags.emplace_back(tag);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return tags;
}

std::string checked_hash(const std::string& value, std::size_t digits, std::string_view key, const std::string& where) {
  const bool hex = std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!value.empty() && (!hex || value.size() != digits)) {
    fail(ErrorCode::kCorruptData, "{}: {} '{}' is not {} hexadecimal digits", where, key, value, digits);
  }
  return to_lower(value);
}

using C = ImageCandidate;
using S = const std::string&;
struct Key {
  std::string_view name;
  void (*set)(C& candidate, S value, S where);  // where: for messages
};
constexpr std::array kKeys{
    Key{"url", [](C& c, S v, S) { c.url = v; }},
    Key{"licence", [](C& c, S v, S) { c.licence = v; }},
    Key{"license", [](C& c, S v, S) { c.licence = v; }},
    Key{"licence_url", [](C& c, S v, S) { c.licence_url = v; }},
    Key{"license_url", [](C& c, S v, S) { c.licence_url = v; }},
    Key{"author", [](C& c, S v, S) { c.author = v; }},
    Key{"attribution", [](C& c, S v, S) { c.attribution = v; }},
    Key{"title", [](C& c, S v, S) { c.title = v; }},
    Key{"page", [](C& c, S v, S) { c.page = v; }},
    Key{"tags", [](C& c, S v, S) { c.tags = split_tags(v); }},
    Key{"sha1", [](C& c, S v, S w) { c.sha1 = checked_hash(v, 40, "sha1", w); }},
    Key{"md5", [](C& c, S v, S w) { c.md5 = checked_hash(v, 32, "md5", w); }},
};

const Key* find_key(std::string_view name) {
  const std::string word = to_lower(trimmed(name));
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == word; });
  return found == kKeys.end() ? nullptr : found;
}

/// Names of columns that nothing is taken from, each once, and what they may have been meant to be.
class Unused {
 public:
  void add(const std::string& name) {
    if (trimmed(name).empty() || std::find(names_.begin(), names_.end(), name) != names_.end()) return;
    if (names_.size() < kMaxNames) names_.push_back(name);
  }
  std::string sentence() const {
    if (names_.empty()) return {};
    std::vector<std::string> known;
    for (const Key& key : kKeys) known.emplace_back(key.name);
    std::string text = fmt::format("the column{} {} {} not used", names_.size() == 1 ? "" : "s",
                                   fmt::join(names_, ", "), names_.size() == 1 ? "is" : "are");
    for (const std::string& name : names_) text += did_you_mean(to_lower(trimmed(name)), known);
    return text;
  }

 private:
  static constexpr std::size_t kMaxNames = 50;
  std::vector<std::string> names_;
};

/// Adds a candidate if its address can be fetched and its words stored; otherwise the line is passed over, with the
/// reason.
void add(Listing& listing, ImageCandidate candidate, const std::string& where) {
  candidate.url = parse_url(candidate.url).text;
  for (const std::string* text : {&candidate.licence, &candidate.licence_url, &candidate.author, &candidate.attribution,
                                  &candidate.title, &candidate.page}) {
    if (!is_utf8(*text)) fail(ErrorCode::kCorruptData, "{}: holds text that is not UTF-8", where);
  }
  if (!std::ranges::all_of(candidate.tags, is_utf8)) fail(ErrorCode::kCorruptData, "{}: has a tag not in UTF-8", where);
  listing.candidates.push_back(std::move(candidate));
}

/// What goes wrong with one row costs that row.
template <class Work>
void add_row(Listing& listing, const std::string& where, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    listing.passed_over.push_back({.what = where, .reason = error.what()});
  }
}

void set_json(ImageCandidate& candidate, const Key& key, const Json& value, const std::string& where) {
  if (value.is_null()) return;
  if (value.is_string()) return key.set(candidate, value.get<std::string>(), where);
  const bool words = key.name == "tags" && value.is_array() &&
                     std::all_of(value.begin(), value.end(), [](const Json& tag) { return tag.is_string(); });
  if (!words) {
    fail(ErrorCode::kCorruptData, "{}: '{}' is of type {}, expected text", where, key.name, value.type_name());
  }
  candidate.tags = value.get<std::vector<std::string>>();
}

void add_json(Listing& listing, Unused& unused, const Json& item, const std::string& where) {
  ImageCandidate candidate;
  if (item.is_string()) {
    candidate.url = item.get<std::string>();
  } else if (item.is_object()) {
    for (const auto& [name, value] : item.items()) {
      if (const Key* key = find_key(name)) {
        set_json(candidate, *key, value, where);
      } else {
        unused.add(name);
      }
    }
    if (candidate.url.empty()) fail(ErrorCode::kCorruptData, "{}: has no 'url'", where);
  } else {
    fail(ErrorCode::kCorruptData, "{}: is of type {}, expected an object with the key 'url'", where, item.type_name());
  }
  add(listing, std::move(candidate), where);
}

/// one_line: the text is one line of a file, so that the parser's own "line 1" is left out.
Json parse_json(std::string_view text, const std::string& where, bool one_line) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    std::string what = error.what();  // "[json.exception.parse_error.101] parse error at line 1, column 5: ..."
    what.erase(0, std::min(what.find(']') + 2, what.size()));
    constexpr std::string_view kLine = "line 1, ";
    if (const auto at = what.find(kLine); one_line && at != what.npos) what.erase(at, kLine.size());
    fail(ErrorCode::kCorruptData, "{} is not JSON: {}", where, what);
  }
}

class UrlListSource : public ImageSource {
 public:
  explicit UrlListSource(UrlList all) : all_(std::move(all.listing)), notice_(std::move(all.notice)) {}

  Listing list(const std::string& cursor, const CancelToken& /*cancel*/) override {
    std::size_t begin = 0;
    std::from_chars(cursor.data(), cursor.data() + cursor.size(), begin);
    begin = std::min(begin, all_.candidates.size());
    const std::size_t end = std::min(begin + kPage, all_.candidates.size());
    const auto at = [&](std::size_t i) { return all_.candidates.begin() + static_cast<std::ptrdiff_t>(i); };
    Listing page{.candidates = {at(begin), at(end)}};
    if (begin == 0) page.passed_over = all_.passed_over;
    if (end < all_.candidates.size()) page.next = std::to_string(end);
    return page;
  }
  std::string notice() const override { return notice_; }

 private:
  Listing all_;
  std::string notice_;
};

/// Takes a line off the text.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// keys: of the columns; null where nothing is taken.
ImageCandidate candidate_of(const CsvRow& row, const std::vector<const Key*>& keys, const std::string& where) {
  if (!row.problem.empty()) fail(ErrorCode::kCorruptData, "{}: {}", where, row.problem);
  if (row.fields.size() > keys.size()) {
    fail(ErrorCode::kCorruptData, "{}: has {} fields, and the header names {}; put fields with commas in quotes", where,
         row.fields.size(), keys.size());
  }
  ImageCandidate candidate;
  for (std::size_t k = 0; k < row.fields.size(); ++k) {
    if (keys[k] != nullptr) keys[k]->set(candidate, std::string(trimmed(row.fields[k])), where);
  }
  return candidate;
}

std::string suffix_of(const std::string& argument) {
  return to_lower(fs::path(argument).extension().string());
}

}  // namespace

UrlList parse_text_list(std::string_view text, const std::string& name) {
  UrlList list;
  for (int line = 1; !text.empty(); ++line) {
    std::string_view words = next_line(text);
    // A # within an address is part of it.
    words = words.starts_with('#') ? "" : words.substr(0, std::min(words.find(" #"), words.find("\t#")));
    std::string url(trimmed(words));
    if (url.empty()) continue;
    const std::string where = fmt::format("'{}' line {}", name, line);
    add_row(list.listing, where, [&] { add(list.listing, {.url = std::move(url)}, where); });
  }
  return list;
}

UrlList parse_csv_list(std::string_view text, const std::string& name) {
  const auto rows = parse_csv(text);
  UrlList list;
  if (rows.empty()) return list;
  const CsvRow& header = rows.front();
  if (!header.problem.empty()) {
    fail(ErrorCode::kCorruptData, "'{}' line {}: {}; the first line names the columns", name, header.line,
         header.problem);
  }
  Unused unused;
  std::vector<const Key*> keys;
  for (const auto& field : header.fields) {
    keys.push_back(find_key(field));
    if (keys.back() == nullptr) unused.add(std::string(trimmed(field)));
  }
  if (std::ranges::none_of(keys, [](const Key* key) { return key != nullptr && key->name == "url"; })) {
    fail(ErrorCode::kCorruptData, "'{}' line {}: no column is named 'url'; the first line names the columns", name,
         header.line);
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::string where = fmt::format("'{}' line {}", name, rows[i].line);
    add_row(list.listing, where, [&] { add(list.listing, candidate_of(rows[i], keys, where), where); });
  }
  list.notice = unused.sentence();
  return list;
}

UrlList parse_json_list(std::string_view text, const std::string& name) {
  const Json document = parse_json(text, fmt::format("'{}'", name), false);
  if (!document.is_array()) {
    fail(ErrorCode::kCorruptData, "'{}' holds a JSON {}, expected an array of addresses or objects", name,
         document.type_name());
  }
  UrlList list;
  Unused unused;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const std::string where = fmt::format("'{}' item {}", name, i + 1);
    add_row(list.listing, where, [&] { add_json(list.listing, unused, document[i], where); });
  }
  list.notice = unused.sentence();
  return list;
}

UrlList parse_json_lines(std::string_view text, const std::string& name) {
  UrlList list;
  Unused unused;
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view words = trimmed(next_line(text));
    if (words.empty()) continue;
    const std::string where = fmt::format("'{}' line {}", name, line);
    add_row(list.listing, where, [&] { add_json(list.listing, unused, parse_json(words, where, true), where); });
  }
  list.notice = unused.sentence();
  return list;
}

bool is_url_list(const std::string& argument) {
  const std::string suffix = suffix_of(argument);
  return !is_http(argument) && (suffix == ".txt" || suffix == ".csv" || suffix == ".tsv" || suffix == ".json" ||
                                suffix == ".jsonl" || suffix == ".ndjson");
}

std::unique_ptr<ImageSource> open_url_list(const std::string& argument, const SourceContext& /*context*/) {
  const auto bytes = read_file(argument, kMaxListBytes);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    fail(ErrorCode::kCorruptData, "'{}' is written in UTF-16; save it as UTF-8", argument);
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::string suffix = suffix_of(argument);
  const auto parse = suffix == ".txt"                       ? &parse_text_list
                     : suffix == ".json"                    ? &parse_json_list
                     : suffix == ".csv" || suffix == ".tsv" ? &parse_csv_list
                                                            : &parse_json_lines;
  return std::make_unique<UrlListSource>(parse(text, argument));
}

}  // namespace genga::fetch
