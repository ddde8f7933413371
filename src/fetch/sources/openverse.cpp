// Searches by Openverse's API.
#include "fetch/sources/openverse.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr int kPageSize = 20;  // the most that guests get

int page_number(const std::string& cursor) {
  if (cursor.empty()) return 1;
  int page = 0;
  const auto [end, error] = std::from_chars(cursor.data() + 1, cursor.data() + cursor.size(), page);
  if (cursor.front() != 'p' || error != std::errc{} || end != cursor.data() + cursor.size() || page < 1) {
    fail(ErrorCode::kCorruptData, "'{}': is no page of a search; begin anew", cursor);
  }
  return page;
}

ImageCandidate candidate_of(const Json& result) {
  ImageCandidate candidate{.url = text_field(result, "url"),
                           .name = "openverse_" + text_field(result, "id"),
                           .page = text_field(result, "foreign_landing_url"),
                           .licence_url = text_field(result, "license_url"),
                           .author = text_field(result, "creator"),
                           .attribution = text_field(result, "attribution"),
                           .title = text_field(result, "title"),
                           .width = side_field(result, "width"),
                           .height = side_field(result, "height")};
  const std::string kind = text_field(result, "license");  // "by-sa", "cc0", "pdm"
  const dataset::Licence* known = dataset::find_licence(candidate.licence_url);
  if (known == nullptr) {
    const bool versioned = kind.starts_with("by");
    known =
        dataset::find_licence(versioned ? fmt::format("CC {} {}", kind, text_field(result, "license_version")) : kind);
  }
  candidate.licence = known != nullptr ? std::string(known->id) : kind;
  if (const auto tags = result.find("tags"); tags != result.end() && tags->is_array()) {
    for (const Json& tag : *tags) {
      if (tag.is_object()) candidate.tags.push_back(text_field(tag, "name"));
    }
  }
  return candidate;
}

class OpenverseSource : public ImageSource {
 public:
  OpenverseSource(std::string api, std::string words, std::string key, HttpClient& http)
      : api_(std::move(api)), words_(std::move(words)), key_(std::move(key)), http_(http) {}

  Listing list(const std::string& cursor, const CancelToken& cancel) override {
    Request request{.url = openverse_address(api_, words_, cursor), .refusals_too = true};
    if (!key_.empty()) request.headers.push_back("Authorization: Bearer " + key_);
    const Response answer = http_.get(request, cancel);
    if (answer.status >= 400) {
      fail(ErrorCode::kIo,
           "{}: refuses page {} of the search (status {}); guests get a few hundred images of a search, more need "
           "--key TOKEN",
           api_, page_number(cursor), answer.status);
    }
    return parse_openverse_page(api_, cursor, answer.body);
  }

 private:
  std::string api_, words_, key_;
  HttpClient& http_;
};

}  // namespace

std::string openverse_address(const std::string& api, const std::string& words, const std::string& cursor) {
  return api_address(api, "/v1/images/",
                     {{"q", words},
                      {"page", std::to_string(page_number(cursor))},
                      {"page_size", std::to_string(kPageSize)},
                      {"mature", "false"}});
}

Listing parse_openverse_page(const std::string& api, const std::string& cursor, const std::string& body) {
  const Json answer = parse_answer(body, api);
  const auto results = answer.is_object() ? answer.find("results") : answer.end();
  if (results == answer.end() || !results->is_array()) {
    fail(ErrorCode::kCorruptData, "{}: answered with JSON that holds no results; is this the address of Openverse?",
         api);
  }
  Listing listing;
  for (const Json& result : *results) {
    if (!result.is_object() || text_field(result, "id").empty()) continue;
    const std::string what = "image " + text_field(result, "id"), type = text_field(result, "filetype");
    if (flag_field(result, "mature")) {
      listing.passed_over.push_back({what, "is marked as not for everyone"});
    } else if (!is_http(text_field(result, "url"))) {  // a path would be read from this machine
      listing.passed_over.push_back({what, "has no file"});
    } else if (!type.empty() && image::find_format(type) == nullptr) {
      listing.passed_over.push_back({what, fmt::format("is no image that Genga reads ({})", type)});
    } else {
      listing.candidates.push_back(candidate_of(result));
    }
  }
  const int page = page_number(cursor);
  if (!results->empty() && page < number_field(answer, "page_count")) listing.next = fmt::format("p{}", page + 1);
  return listing;
}

bool is_openverse(const std::string& argument) {
  return argument.starts_with("openverse:");
}

std::unique_ptr<ImageSource> open_openverse(const std::string& argument, const SourceContext& context) {
  std::string words = argument.substr(argument.find(':') + 1);
  if (words.find_first_not_of(' ') == std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "source '{}': says nothing to look for; expected openverse:WORDS", argument);
  }
  std::string api = context.options.api.empty() ? "https://api.openverse.org" : context.options.api;
  parse_url(api);
  return std::make_unique<OpenverseSource>(std::move(api), std::move(words), context.options.key, context.http);
}

}  // namespace genga::fetch
