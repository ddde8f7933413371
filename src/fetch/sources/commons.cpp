// Lists files of a wiki by MediaWiki's API: categories with their subcategories, searches, titles. One file's metadata
// is read in commons_file.cpp.
#include "fetch/sources/commons.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "fetch/http/pacing.h"
#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "fetch/sources/commons_file.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kPageSize = 50;          // the most for which MediaWiki gives metadata in one answer
constexpr std::size_t kMaxCategories = 10000;  // of one category tree
constexpr int kLagTries = 5;
constexpr double kLagWait_s = 5;  // what Wikimedia asks for

// Wikimedia makes copies of these widths only (since January 2026).
constexpr std::array kCopyWidths{20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840};

struct QueuedCategory {
  std::string category{};
  int depth = 0;
};

struct ListPosition {
  Json continuation = Json::object();
  std::vector<QueuedCategory> waiting{};  // the first is being listed
  std::vector<std::string> seen{};
  std::size_t n_titles = 0;  // done
};

ListPosition read_position(const CommonsQuery& query, const std::string& cursor) {
  ListPosition position;
  if (cursor.empty()) {
    if (!query.category.empty()) {
      position.waiting.push_back({query.category, 0});
      position.seen.push_back(query.category);
    }
    return position;
  }
  try {
    const Json json = Json::parse(cursor);
    const Json continuation = json.value("continue", Json::object());
    for (const auto& [key, value] : continuation.items()) {
      position.continuation[key] = value.get<std::string>();
    }
    position.n_titles = json.value("titles", std::size_t{0});
    position.seen = json.value("seen", std::vector<std::string>{});
    for (const Json& item : json.value("waiting", Json::array())) position.waiting.push_back({item.at(0), item.at(1)});
  } catch (const Json::exception&) {
    fail(ErrorCode::kCorruptData, "'{}': is no place in a wiki's list; begin anew", cursor.substr(0, 80));
  }
  if (!query.category.empty() && position.waiting.empty()) {
    fail(ErrorCode::kCorruptData, "'{}': names no category to go on with; begin anew", cursor.substr(0, 80));
  }
  return position;
}

std::string write_position(const ListPosition& position) {
  Json json{{"continue", position.continuation}};
  if (position.n_titles > 0) json["titles"] = position.n_titles;
  if (!position.seen.empty()) json["seen"] = position.seen;
  for (const QueuedCategory& waiting : position.waiting) {
    json["waiting"].push_back({waiting.category, waiting.depth});
  }
  return json.dump();
}

std::string copy_width(int wanted) {
  const auto step = std::ranges::lower_bound(kCopyWidths, wanted);
  return std::to_string(step == kCopyWidths.end() ? kCopyWidths.back() : *step);
}

Parameters listing_parameters(const CommonsQuery& query, const ListPosition& position) {
  const std::string size = std::to_string(kPageSize);
  if (!query.category.empty()) {
    const QueuedCategory& now = position.waiting.front();
    return {{"generator", "categorymembers"},
            {"gcmtitle", now.category},
            {"gcmtype", now.depth < query.depth ? "file|subcat" : "file"},
            {"gcmlimit", size}};
  }
  if (!query.search.empty()) {
    const bool typed = query.search.find("filetype:") != std::string::npos;
    return {{"generator", "search"},
            {"gsrsearch", query.search + (typed ? "" : " filetype:bitmap")},
            {"gsrnamespace", "6"},  // File:
            {"gsrlimit", size}};
  }
  std::string titles;
  const std::size_t end = std::min(position.n_titles + kPageSize, query.titles.size());
  for (std::size_t i = position.n_titles; i < end; ++i) titles += (titles.empty() ? "" : "|") + query.titles[i];
  return {{"titles", titles}};
}

void refuse_errors(const CommonsQuery& query, const Json& answer) {
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_object()) return;
  const std::string code = text_field(*error, "code");
  const bool busy = code == "maxlag" || code == "ratelimited" || code == "readonly";
  fail(busy ? ErrorCode::kBusy : ErrorCode::kIo, "{}: {} ({})", query.api, text_field(*error, "info"), code);
}

void add_subcategory(const CommonsQuery& query, const std::string& title, ListPosition& position, Listing& listing) {
  const int depth = position.waiting.front().depth;
  if (depth >= query.depth || std::ranges::find(position.seen, title) != position.seen.end()) return;
  if (position.seen.size() >= kMaxCategories) {
    listing.passed_over.push_back({title, fmt::format("there are more than {} categories", kMaxCategories)});
    return;
  }
  position.seen.push_back(title);
  position.waiting.push_back({title, depth + 1});
}

/// Moves to the next page: by the wiki's continuation, the next category or the next titles. False if that was all.
bool step_on(const CommonsQuery& query, const Json& answer, ListPosition& position) {
  position.continuation = Json::object();
  if (const auto it = answer.find("continue"); it != answer.end() && it->is_object()) {
    for (const auto& [key, value] : it->items()) {
      // iistart would lead to older versions of one file.
      if (value.is_string() && key != "iistart" && key != "continue") position.continuation[key] = value;
    }
  }
  if (!position.continuation.empty()) return true;
  if (!query.category.empty()) {
    position.waiting.erase(position.waiting.begin());
    return !position.waiting.empty();
  }
  if (query.titles.empty()) return false;
  position.n_titles += kPageSize;
  return position.n_titles < query.titles.size();
}

class CommonsSource : public ImageSource {
 public:
  CommonsSource(CommonsQuery query, HttpClient& http) : query_(std::move(query)), http_(http) {}

  Listing list(const std::string& cursor, const CancelToken& cancel) override {
    double wait = kLagWait_s * http_.options().back_off_s;
    for (int n_tries = 1;; ++n_tries) {
      const Response answer = http_.get({.url = commons_address(query_, cursor)}, cancel);
      try {
        return parse_commons_page(query_, cursor, answer.body);
      } catch (const Error& error) {  // a wiki's "busy" comes with status 200
        if (error.code() != ErrorCode::kBusy) throw;
        if (n_tries == kLagTries) throw Error(ErrorCode::kIo, error.what());
      }
      wait_seconds(std::min(wait, http_.options().longest_wait_s), cancel);
      wait *= 2;
    }
  }

 private:
  CommonsQuery query_;
  HttpClient& http_;
};

}  // namespace

CommonsQuery parse_commons_argument(const std::string& words) {
  CommonsQuery query;
  if (to_lower(words).starts_with("category:")) {
    query.category = words;
  } else if (to_lower(words).starts_with("file:")) {
    for (std::size_t begin = 0; begin < words.size();) {
      const std::size_t end = std::min(words.find('|', begin), words.size());
      if (end > begin) query.titles.push_back(words.substr(begin, end - begin));
      begin = end + 1;
    }
  } else {
    query.search = words;
  }
  return query;
}

std::string commons_address(const CommonsQuery& query, const std::string& cursor) {
  const ListPosition position = read_position(query, cursor);
  Parameters parameters{{"action", "query"}, {"format", "json"}, {"formatversion", "2"}, {"maxlag", "5"}};
  for (const auto& parameter : listing_parameters(query, position)) parameters.push_back(parameter);
  parameters.push_back({"prop", "imageinfo"});
  parameters.push_back({"iiprop", "url|size|sha1|mime|user|extmetadata"});
  parameters.push_back({"iiextmetadatafilter",
                        "LicenseShortName|License|LicenseUrl|UsageTerms|Artist|Attribution|Credit|ObjectName|"
                        "Categories"});
  parameters.push_back({"iiextmetadatalanguage", "en"});
  if (query.width > 0) parameters.push_back({"iiurlwidth", copy_width(query.width)});
  for (const auto& [key, value] : position.continuation.items()) parameters.push_back({key, value.get<std::string>()});
  return api_address(query.api, "", parameters);
}

Listing parse_commons_page(const CommonsQuery& query, const std::string& cursor, const std::string& body) {
  const Json answer = parse_answer(body, query.api);
  ListPosition position = read_position(query, cursor);
  if (!answer.is_object()) fail(ErrorCode::kCorruptData, "{}: answered with JSON that is no query's result", query.api);
  refuse_errors(query, answer);
  const Json result = answer.value("query", Json::object());
  const Json pages = result.is_object() ? result.value("pages", Json::array()) : Json();
  if (!pages.is_array() || (pages.empty() && !answer.contains("batchcomplete") && !answer.contains("continue"))) {
    fail(ErrorCode::kCorruptData, "{}: answered with JSON that is no query's result; is this a wiki's api.php?",
         query.api);
  }
  Listing listing;
  for (const Json& page : pages) {
    const std::string title = text_field(page, "title");
    const auto info = page.find("imageinfo");
    if (number_field(page, "ns") == 14) {
      if (!query.category.empty()) add_subcategory(query, title, position, listing);
    } else if (info != page.end() && info->is_array() && !info->empty() && info->front().is_object()) {
      add_commons_file(page, listing);  // a page without it gets it in the next answer
    } else if (flag_field(page, "missing")) {
      listing.passed_over.push_back({title, "does not exist"});
    }
  }
  if (pages.empty() && cursor.empty() && !query.category.empty()) {
    listing.passed_over.push_back({query.category, "is empty or does not exist"});
  }
  if (step_on(query, answer, position)) listing.next = write_position(position);
  return listing;
}

bool is_commons(const std::string& argument) {
  return argument.starts_with("commons:");
}

std::unique_ptr<ImageSource> open_commons(const std::string& argument, const SourceContext& context) {
  CommonsQuery query = parse_commons_argument(argument.substr(std::string_view("commons:").size()));
  if (query.category.empty() && query.search.empty() && query.titles.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "source '{}': says nothing to look for; expected commons:Category:NAME, commons:File:NAME.jpg or "
         "commons:WORDS",
         argument);
  }
  query.api = context.options.api.empty() ? "https://commons.wikimedia.org" : context.options.api;
  while (query.api.ends_with('/')) query.api.pop_back();
  if (!query.api.ends_with(".php")) query.api += "/w/api.php";
  parse_url(query.api);
  query.depth = context.options.depth;
  query.width = context.options.copy_width;
  return std::make_unique<CommonsSource>(std::move(query), context.http);
}

}  // namespace genga::fetch
