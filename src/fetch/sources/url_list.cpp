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

const Key& find_key(const std::string& name, const std::string& where) {
  const std::string word = to_lower(trimmed(name));
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == word; });
  if (found != kKeys.end()) return *found;
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  std::string cure = did_you_mean(word, names);
  if (cure.empty()) cure = fmt::format("; expected {}", fmt::join(names, ", "));
  fail(ErrorCode::kInvalidArgument, "{}: unknown key '{}'{}", where, name, cure);
}

/// Adds a candidate if its address can be fetched; otherwise the line is passed over, with the reason.
void add(Listing& listing, ImageCandidate candidate, const std::string& where) {
  try {
    candidate.url = parse_url(candidate.url).text;
    listing.candidates.push_back(std::move(candidate));
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

void add_json(Listing& listing, const Json& item, const std::string& where) {
  ImageCandidate candidate;
  if (item.is_string()) {
    candidate.url = item.get<std::string>();
  } else if (item.is_object()) {
    for (const auto& [key, value] : item.items()) set_json(candidate, find_key(key, where), value, where);
    if (candidate.url.empty()) fail(ErrorCode::kCorruptData, "{}: has no 'url'", where);
  } else {
    fail(ErrorCode::kCorruptData, "{}: is of type {}, expected an object with the key 'url'", where, item.type_name());
  }
  add(listing, std::move(candidate), where);
}

Json parse_json(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();  // "[json.exception.parse_error.101] parse error at line 1, ..."
    fail(ErrorCode::kCorruptData, "{} is not JSON: {}", where, what.substr(std::min(what.find(']') + 2, what.size())));
  }
}

class UrlListSource : public ImageSource {
 public:
  explicit UrlListSource(Listing all) : all_(std::move(all)) {}

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

 private:
  Listing all_;
};

std::string suffix_of(const std::string& argument) {
  return to_lower(fs::path(argument).extension().string());
}

}  // namespace

Listing parse_text_list(std::string_view text, const std::string& name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Listing listing;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view words = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // A # within an address is part of it.
    words = words.starts_with('#') ? "" : words.substr(0, std::min(words.find(" #"), words.find("\t#")));
    std::string url(trimmed(words));
    if (!url.empty()) add(listing, {.url = std::move(url)}, fmt::format("'{}' line {}", name, line));
  }
  return listing;
}

Listing parse_csv_list(std::string_view text, const std::string& name) {
  const auto rows = parse_csv(text, name);
  Listing listing;
  if (rows.empty()) return listing;
  std::vector<const Key*> keys;
  for (const auto& field : rows.front().fields) {
    keys.push_back(&find_key(field, fmt::format("'{}' line {}", name, rows.front().line)));
  }
  if (std::none_of(keys.begin(), keys.end(), [](const Key* key) { return key->name == "url"; })) {
    fail(ErrorCode::kCorruptData, "'{}' line {}: no column is named 'url'", name, rows.front().line);
  }
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const std::string where = fmt::format("'{}' line {}", name, row.line);
    if (row.fields.size() > keys.size()) {
      fail(ErrorCode::kCorruptData, "{}: has {} fields, and the header names {}; put fields with commas in quotes",
           where, row.fields.size(), keys.size());
    }
    ImageCandidate candidate;
    for (std::size_t k = 0; k < row.fields.size(); ++k)
      keys[k]->set(candidate, std::string(trimmed(row.fields[k])), where);
    add(listing, std::move(candidate), where);
  }
  return listing;
}

Listing parse_json_list(std::string_view text, const std::string& name) {
  const Json document = parse_json(text, fmt::format("'{}'", name));
  if (!document.is_array()) {
    fail(ErrorCode::kCorruptData, "'{}' holds a JSON {}, expected an array of addresses or objects", name,
         document.type_name());
  }
  Listing listing;
  for (std::size_t i = 0; i < document.size(); ++i) {
    add_json(listing, document[i], fmt::format("'{}' item {}", name, i + 1));
  }
  return listing;
}

Listing parse_json_lines(std::string_view text, const std::string& name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Listing listing;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view words = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty()) continue;
    const std::string where = fmt::format("'{}' line {}", name, line);
    add_json(listing, parse_json(words, where), where);
  }
  return listing;
}

bool is_url_list(const std::string& argument) {
  const std::string suffix = suffix_of(argument);
  return !is_http(argument) && (suffix == ".txt" || suffix == ".csv" || suffix == ".tsv" || suffix == ".json" ||
                                suffix == ".jsonl" || suffix == ".ndjson");
}

std::unique_ptr<ImageSource> open_url_list(const std::string& argument, const SourceContext& /*context*/) {
  const auto bytes = read_file(argument, kMaxListBytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string suffix = suffix_of(argument);
  const auto parse = suffix == ".txt"                       ? &parse_text_list
                     : suffix == ".json"                    ? &parse_json_list
                     : suffix == ".csv" || suffix == ".tsv" ? &parse_csv_list
                                                            : &parse_json_lines;
  return std::make_unique<UrlListSource>(parse(text, argument));
}

}  // namespace genga::fetch
