// Reads posts as Danbooru, Gelbooru and Moebooru send them.
#include "fetch/sources/booru_post.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "fetch/formats/html_text.h"
#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

/// The word or the letter. A lone 's' means sensitive on Danbooru (since 2022) and safe everywhere else.
std::optional<Rating> read_rating(BooruDialect dialect, const std::string& text) {
  if (text == "s") return dialect == BooruDialect::kDanbooru ? Rating::kSensitive : Rating::kGeneral;
  if (text == "g" || text == "general" || text == "safe") return Rating::kGeneral;
  if (text == "sensitive") return Rating::kSensitive;
  if (text == "q" || text == "questionable") return Rating::kQuestionable;
  if (text == "e" || text == "explicit") return Rating::kExplicit;
  return std::nullopt;
}

std::string with_commas(const std::string& words) {
  return fmt::format("{}", fmt::join(split_words(words), ", "));
}

BooruPost read_danbooru(const Json& json) {
  BooruPost post;
  post.width = side_field(json, "image_width");
  post.height = side_field(json, "image_height");
  post.tags = text_field(json, "tag_string");
  post.artist = with_commas(text_field(json, "tag_string_artist"));
  if (flag_field(json, "is_banned")) {
    post.withheld = "was taken down at the artist's wish";
  } else if (flag_field(json, "is_deleted")) {
    post.withheld = "is deleted";
  } else if (text_field(json, "file_url").empty()) {
    post.withheld = "is shown to some accounts only (--user and --key)";
  }
  return post;
}

/// Older boards leave file_url out. What people posted under "owner" is not their work: no artist is known.
BooruPost read_gelbooru(const Json& json) {
  BooruPost post;
  post.width = side_field(json, "width");
  post.height = side_field(json, "height");
  post.tags = html_to_text(text_field(json, "tags"));
  post.md5 = text_field(json, "md5");
  const std::string image = text_field(json, "image");
  if (text_field(json, "file_url").empty() && !image.empty()) {
    post.file_url = fmt::format("/images/{}/{}", text_field(json, "directory"), image);
  } else if (image.empty() && text_field(json, "file_url").ends_with('/')) {
    post.withheld = "is empty";  // the board names posts that it no longer has
  }
  if (text_field(json, "status") == "deleted") post.withheld = "is deleted";
  return post;
}

/// "author" is who posted it, not who drew it.
BooruPost read_moebooru(const Json& json) {
  BooruPost post;
  post.width = side_field(json, "width");
  post.height = side_field(json, "height");
  post.tags = text_field(json, "tags");
  if (text_field(json, "status") == "deleted") post.withheld = "is deleted";
  return post;
}

BooruPost read_post(BooruDialect dialect, const Json& json, const std::string& base) {
  BooruPost post = dialect == BooruDialect::kDanbooru   ? read_danbooru(json)
                   : dialect == BooruDialect::kGelbooru ? read_gelbooru(json)
                                                        : read_moebooru(json);
  post.id = number_field(json, "id");
  post.score = number_field(json, "score");
  post.rating = read_rating(dialect, text_field(json, "rating"));
  post.source = html_to_text(text_field(json, "source"));
  if (post.md5.empty()) post.md5 = text_field(json, "md5");
  if (post.file_url.empty()) post.file_url = text_field(json, "file_url");
  if (post.file_url.empty()) {
    if (post.withheld.empty()) post.withheld = "has no file";
  } else if (const auto url = try_resolve(parse_url(base), post.file_url)) {
    post.file_url = url->text;
  } else if (post.withheld.empty()) {
    post.withheld = "has a file without an address";
  }
  return post;
}

/// The list within an answer; Gelbooru wraps it, leaves it out when empty, and gives one post without a list.
Json list_of(BooruDialect dialect, const Json& answer) {
  if (dialect == BooruDialect::kGelbooru && answer.is_object()) {
    const auto posts = answer.find("post");
    if (posts == answer.end()) return answer.contains("@attributes") ? Json::array() : answer;
    return posts->is_object() ? Json::array({*posts}) : *posts;
  }
  return answer;
}

}  // namespace

std::vector<BooruPost> read_booru_posts(BooruDialect dialect, const Json& answer, const std::string& base) {
  if (answer.is_object() && answer.contains("success")) {
    std::string words;
    for (const char* key : {"message", "reason", "error"}) {
      if (words.empty()) words = text_field(answer, key);
    }
    fail(ErrorCode::kIo, "{}: refuses the search: {}", base, words.empty() ? "it gives no reason" : words);
  }
  const Json list = list_of(dialect, answer);
  if (!list.is_array()) {
    fail(ErrorCode::kCorruptData, "{}: answered with JSON that is no list of posts; is this a board of this kind?",
         base);
  }
  std::vector<BooruPost> posts;
  for (const Json& json : list) {
    if (json.is_object() && number_field(json, "id") > 0) posts.push_back(read_post(dialect, json, base));
  }
  if (posts.empty() && !list.empty()) {
    fail(ErrorCode::kCorruptData, "{}: none of the {} posts of a page has an id; is this a board of this kind?", base,
         list.size());
  }
  return posts;
}

}  // namespace genga::fetch
