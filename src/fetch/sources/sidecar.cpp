// Reads sidecars: which of many keys holds author, licence, page and tags.
#include "fetch/sources/sidecar.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "fetch/sources/booru.h"
#include "genga/dataset.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTags = 1000;

void set_if_empty(std::string& field, std::string value) {
  if (field.empty()) field = std::move(value);
}

/// "A. Painter", {"name": "A. Painter"}, ["A. Painter", "B. Inker"].
std::string person_of(const Json& value) {
  if (value.is_string()) return std::string(trimmed(value.get_ref<const std::string&>()));
  std::string people;
  if (value.is_array()) {
    for (const Json& one : value) {
      const std::string name = person_of(one);
      if (!name.empty()) people += (people.empty() ? "" : ", ") + name;
    }
  } else if (value.is_object()) {
    for (const char* key : {"name", "username", "account"}) {
      if (people.empty()) people = text_field(value, key);
    }
  }
  return people;
}

/// Moebooru's boards call the one who posted "author".
bool author_is_poster(const Json& sidecar) {
  const BooruSite* site = find_booru_site(text_field(sidecar, "category"));
  return site != nullptr && site->dialect != BooruDialect::kDanbooru;
}

std::string author_of(const Json& sidecar) {
  for (const char* key : {"tag_string_artist", "tags_artist"}) {  // words separated by spaces
    const std::string names = text_field(sidecar, key);
    if (!names.empty()) return fmt::format("{}", fmt::join(split_words(names), ", "));
  }
  for (const char* key : {"artist", "artists", "author", "creator", "photographer", "user"}) {
    if (std::string_view(key) == "author" && author_is_poster(sidecar)) continue;
    const auto it = sidecar.find(key);
    const std::string name = it == sidecar.end() ? "" : person_of(*it);
    if (!name.empty()) return name;
  }
  return {};
}

void add_licence(const Json& sidecar, ImageCandidate& candidate) {
  for (const char* key : {"licence_url", "license_url"}) set_if_empty(candidate.licence_url, text_field(sidecar, key));
  for (const char* key : {"licence", "license", "license_name", "license_short"}) {
    const auto it = sidecar.find(key);
    if (it == sidecar.end() || !candidate.licence.empty()) continue;
    const std::string words = it->is_object() ? text_field(*it, "name") : it->is_string() ? it->get<std::string>() : "";
    if (words.find_first_not_of("0123456789 ") == std::string::npos) continue;  // Flickr's numbers
    const dataset::Licence* known = dataset::find_licence(words);
    candidate.licence = known != nullptr ? std::string(known->id) : words;
    if (words.find("://") != std::string::npos) set_if_empty(candidate.licence_url, words);
  }
}

void add_words(const std::string& words, ImageCandidate& candidate) {
  if (words.find(',') != std::string::npos) return add_caption(words, candidate);
  for (auto& word : split_words(words)) candidate.tags.push_back(std::move(word));
}

/// A string, a list of strings, or lists by kind: {"character": [...], "general": [...]}.
void add_tags(const Json& value, ImageCandidate& candidate) {
  if (candidate.tags.size() >= kMaxTags) return;
  if (value.is_string()) return add_words(value.get<std::string>(), candidate);
  if (!value.is_array() && !value.is_object()) return;
  for (const Json& one : value) {
    if (one.is_string() && value.is_array()) {
      candidate.tags.push_back(one.get<std::string>());
    } else {
      add_tags(one, candidate);
    }
  }
}

}  // namespace

void add_sidecar(const Json& sidecar, ImageCandidate& candidate) {
  if (!sidecar.is_object()) return;
  set_if_empty(candidate.author, author_of(sidecar));
  add_licence(sidecar, candidate);
  set_if_empty(candidate.title, std::string(trimmed(text_field(sidecar, "title"))));
  for (const char* key : {"attribution", "credit"}) set_if_empty(candidate.attribution, text_field(sidecar, key));
  for (const char* key : {"page", "page_url", "post_url", "webpage_url", "source", "url", "file_url"}) {
    const std::string address = text_field(sidecar, key);
    if (is_http(address)) set_if_empty(candidate.page, address);
  }
  if (candidate.tags.empty()) {
    for (const char* key : {"tags", "tag_string", "keywords"}) {
      if (candidate.tags.empty() && sidecar.contains(key)) add_tags(sidecar[key], candidate);
    }
    add_caption(text_field(sidecar, "caption"), candidate);
    const std::string rating = text_field(sidecar, "rating");
    if (!rating.empty()) candidate.tags.push_back("rating:" + rating);
  }
}

void add_caption(std::string_view text, ImageCandidate& candidate) {
  const std::string caption = to_utf8(trimmed(text));
  if (caption.empty()) return;
  if (caption.find(',') == std::string::npos && split_words(caption).size() > 1) {
    set_if_empty(candidate.title, caption);
    return;
  }
  if (!candidate.tags.empty()) return;
  for (std::size_t begin = 0; begin < caption.size() && candidate.tags.size() < kMaxTags;) {
    const std::size_t end = std::min(caption.find(',', begin), caption.size());
    std::string tag(trimmed(std::string_view(caption).substr(begin, end - begin)));
    if (!tag.empty()) candidate.tags.push_back(std::move(tag));
    begin = end + 1;
  }
}

}  // namespace genga::fetch
