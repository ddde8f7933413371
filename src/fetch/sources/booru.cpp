// Searches image boards: builds the address of a page of posts, and chooses among the posts. Reading them:
// booru_post.cpp.
#include "fetch/sources/booru.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "fetch/sources/booru_post.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

using enum BooruDialect;

// Danbooru gives at most 200 posts at once, Gelbooru 100; Moebooru's boards differ, all give 100.
constexpr std::array kSites{
    BooruSite{"danbooru", "https://danbooru.donmai.us", kDanbooru, 200, true},
    BooruSite{"gelbooru", "https://gelbooru.com", kGelbooru, 100, true},
    // Its search answers with empty posts when asked for ratings.
    BooruSite{"safebooru", "https://safebooru.org", kGelbooru, 100, false},
    BooruSite{"konachan", "https://konachan.com", kMoebooru, 100, true},
    BooruSite{"yandere", "https://yande.re", kMoebooru, 100, true},
    BooruSite{"moebooru", "", kMoebooru, 100, true},
};

constexpr std::array<std::pair<std::string_view, Rating>, 5> kRatingWords{{{"general", Rating::kGeneral},
                                                                           {"safe", Rating::kGeneral},
                                                                           {"sensitive", Rating::kSensitive},
                                                                           {"questionable", Rating::kQuestionable},
                                                                           {"explicit", Rating::kExplicit}}};

constexpr std::array kAllRatings{Rating::kGeneral, Rating::kSensitive, Rating::kQuestionable, Rating::kExplicit};

constexpr int kWorthAsking_px = 200;  // boards hold next to nothing below

std::string_view rating_word(BooruDialect dialect, Rating rating) {
  if (dialect == kMoebooru && rating == Rating::kGeneral) return "safe";
  for (const auto& [word, value] : kRatingWords) {
    if (value == rating) return word;
  }
  return "";
}

/// " rating:general", or metatags that exclude the unwanted ratings; "" if all are wanted.
std::string rating_tags(const BooruQuery& query) {
  const BooruDialect dialect = query.site->dialect;
  std::vector<Rating> known(kAllRatings.begin(), kAllRatings.end());
  if (dialect == kMoebooru) std::erase(known, Rating::kSensitive);
  std::vector<Rating> wanted, unwanted;
  for (const Rating rating : known) (query.ratings.contains(rating) ? wanted : unwanted).push_back(rating);
  if (unwanted.empty() || !query.site->rating_metatag) return "";
  if (wanted.size() == 1) return fmt::format(" rating:{}", rating_word(dialect, wanted.front()));
  if (dialect == kDanbooru) {  // one metatag, because searches of guests are limited to two tags
    std::string letters;
    for (const Rating rating : wanted) letters += fmt::format(",{}", rating_word(dialect, rating).front());
    return " rating:" + letters.substr(1);
  }
  std::string tags;
  for (const Rating rating : unwanted) tags += fmt::format(" -rating:{}", rating_word(dialect, rating));
  return tags;
}

/// Danbooru's guests may search for two tags only, so that score and size are left to why_not().
bool may_ask_more(const BooruQuery& query) {
  return query.site->dialect != kDanbooru || !query.key.empty();
}

std::string search_tags(const BooruQuery& query) {
  std::string tags = query.tags + rating_tags(query);
  if (query.min_score > 0 && may_ask_more(query)) tags += fmt::format(" score:>={}", query.min_score);
  if (query.min_side >= kWorthAsking_px && may_ask_more(query)) {
    tags += fmt::format(" width:>={} height:>={}", query.min_side, query.min_side);
  }
  return tags;
}

bool has_own_order(const std::string& tags) {
  return std::ranges::any_of(split_words(tags),
                             [](const auto& tag) { return tag.starts_with("order:") || tag.starts_with("sort:"); });
}

struct Cursor {
  bool by_page = false;
  std::int64_t value = 0;  // page counted from 1, or the post that the page's posts are older than; 0: the newest
};

Cursor read_cursor(const BooruQuery& query, const std::string& text) {
  if (text.empty()) return {has_own_order(query.tags), has_own_order(query.tags) ? 1 : 0};
  Cursor cursor{text.front() == 'p', 0};
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), cursor.value);
  if ((text.front() != 'p' && text.front() != 'b') || error != std::errc{} || end != text.data() + text.size()) {
    fail(ErrorCode::kCorruptData, "'{}': is no place in a list of posts; begin anew", text);
  }
  return cursor;
}

std::string page_of(const BooruQuery& query, std::int64_t id) {
  const char* path = query.site->dialect == kDanbooru   ? "/posts/"
                     : query.site->dialect == kGelbooru ? "/index.php?page=post&s=view&id="
                                                        : "/post/show/";
  return fmt::format("{}{}{}", query.base, path, id);
}

/// Why a post is not wanted; "" if it is. Checked again here, because a board may ignore the metatags.
std::string why_not(const BooruQuery& query, const BooruPost& post) {
  if (!post.withheld.empty()) return post.withheld;
  const auto path = std::filesystem::path(post.file_url.substr(0, post.file_url.find_first_of("?#")));
  if (!image::looks_like_image(path)) {
    return fmt::format("is no image that Genga reads ({})", path.extension().string());
  }
  if (!post.rating && query.ratings.size() < kAllRatings.size()) return "has no rating";
  if (post.rating && !query.ratings.contains(*post.rating)) {
    return fmt::format("is rated {}", rating_word(query.site->dialect, *post.rating));
  }
  if (query.min_score > 0 && post.score < query.min_score) return fmt::format("has a score of {}", post.score);
  if (post.width > 0 && std::min(post.width, post.height) < query.min_side) {
    return fmt::format("is only {}x{} px", post.width, post.height);
  }
  return "";
}

ImageCandidate candidate_of(const BooruQuery& query, const BooruPost& post) {
  ImageCandidate candidate{.url = post.file_url,
                           .name = fmt::format("{}_{}", query.site->prefix, post.id),
                           .page = page_of(query, post.id),
                           .author = post.artist,
                           .tags = split_words(post.tags),
                           .md5 = post.md5,
                           .width = post.width,
                           .height = post.height};
  if (post.rating) candidate.tags.push_back(fmt::format("rating:{}", rating_word(query.site->dialect, *post.rating)));
  std::vector<std::string> credits;
  if (!post.artist.empty()) credits.push_back(post.artist);
  if (!post.source.empty()) credits.push_back("source: " + post.source);
  credits.push_back(fmt::format("posted at {}", candidate.page));
  candidate.attribution = fmt::format("{}", fmt::join(credits, "; "));
  return candidate;
}

class BooruSource : public ImageSource {
 public:
  BooruSource(BooruQuery query, HttpClient& http) : query_(std::move(query)), http_(http) {}

  Listing list(const std::string& cursor, const CancelToken& cancel) override {
    const Response answer = http_.get({.url = booru_address(query_, cursor), .refusals_too = true}, cancel);
    if (answer.status >= 400) fail(ErrorCode::kIo, "{}: {}", query_.base, refusal(answer.status));
    return parse_booru_page(query_, cursor, answer.body);
  }

  std::string notice() const override {
    return fmt::format(
        "{} does not license the images that people post there: their licence is unknown, and a style trained on "
        "them says so. Where each was first published is kept in the manifest (attribution); ask the artists.",
        parse_url(query_.base).host);
  }

 private:
  std::string refusal(int status) const {
    if (status == 404) return "has no such interface (status 404); is this the address of a board of this kind?";
    if (status == 422 && query_.site->dialect == kDanbooru) {
      return "refuses the search (status 422); guests may search for two tags at once, more need --user LOGIN "
             "--key API_KEY";
    }
    const char* account = query_.site->dialect == kGelbooru   ? "--user USER_ID --key API_KEY"
                          : query_.site->dialect == kDanbooru ? "--user LOGIN --key API_KEY"
                                                              : "--user LOGIN --key PASSWORD_HASH";
    return fmt::format("refuses the search (status {}); {} {}", status,
                       query_.key.empty() ? "some boards ask for an account:" : "is the account right?", account);
  }

  BooruQuery query_;
  HttpClient& http_;
};

}  // namespace

std::span<const BooruSite> booru_sites() {
  return kSites;
}

const BooruSite* find_booru_site(std::string_view prefix) {
  const auto it = std::ranges::find(kSites, prefix, &BooruSite::prefix);
  return it == kSites.end() ? nullptr : &*it;
}

std::set<Rating> parse_ratings(std::string_view text) {
  if (text.empty()) return {Rating::kGeneral};
  std::set<Rating> ratings;
  while (true) {
    const auto comma = text.find(',');
    const std::string word(text.substr(0, comma));
    const auto it = std::ranges::find(kRatingWords, word, &std::pair<std::string_view, Rating>::first);
    if (it != kRatingWords.end()) {
      ratings.insert(it->second);
    } else if (word == "any") {
      ratings.insert(kAllRatings.begin(), kAllRatings.end());
    } else {
      std::vector<std::string> words{"any"};
      for (const auto& [name, value] : kRatingWords) words.emplace_back(name);
      fail(ErrorCode::kInvalidArgument,
           "rating '{}': is not known; expected general (or safe), sensitive, questionable, explicit or any{}", word,
           did_you_mean(word, words));
    }
    if (comma == std::string_view::npos) return ratings;
    text.remove_prefix(comma + 1);
  }
}

std::string booru_address(const BooruQuery& query, const std::string& cursor_text) {
  const Cursor cursor = read_cursor(query, cursor_text);
  const BooruDialect dialect = query.site->dialect;
  std::string tags = search_tags(query);
  if (!cursor.by_page && cursor.value > 0 && dialect != kDanbooru) tags += fmt::format(" id:<{}", cursor.value);
  const auto words = split_words(tags);
  Parameters parameters{{"tags", fmt::format("{}", fmt::join(words, " "))},
                        {"limit", std::to_string(query.site->page_size)}};
  if (dialect == kDanbooru) {
    if (cursor.value > 0) parameters.push_back({"page", fmt::format("{}{}", cursor.by_page ? "" : "b", cursor.value)});
  } else if (cursor.by_page) {
    const bool from_zero = dialect == kGelbooru;
    parameters.push_back({from_zero ? "pid" : "page", std::to_string(cursor.value - (from_zero ? 1 : 0))});
  }
  if (!query.key.empty()) {
    parameters.push_back({dialect == kGelbooru ? "user_id" : "login", query.user});
    parameters.push_back({dialect == kMoebooru ? "password_hash" : "api_key", query.key});
  }
  if (dialect == kGelbooru) {
    const Parameters api{{"page", "dapi"}, {"s", "post"}, {"q", "index"}, {"json", "1"}};
    parameters.insert(parameters.begin(), api.begin(), api.end());
  }
  const char* path = dialect == kDanbooru ? "/posts.json" : dialect == kGelbooru ? "/index.php" : "/post.json";
  return api_address(query.base, path, parameters);
}

Listing parse_booru_page(const BooruQuery& query, const std::string& cursor_text, const std::string& body) {
  if (body.empty() && query.site->dialect == kGelbooru) return {};  // older boards answer so when there is no post
  const Cursor cursor = read_cursor(query, cursor_text);
  const auto posts = read_booru_posts(query.site->dialect, parse_answer(body, query.base), query.base);
  if (posts.empty()) return {};
  Listing listing;
  std::int64_t oldest = cursor.value;
  for (const BooruPost& post : posts) {
    if (!cursor.by_page && cursor.value > 0 && post.id >= cursor.value) continue;  // it was on an earlier page
    oldest = oldest == 0 ? post.id : std::min(oldest, post.id);
    const std::string reason = why_not(query, post);
    if (reason.empty()) {
      listing.candidates.push_back(candidate_of(query, post));
    } else {
      listing.passed_over.push_back({fmt::format("post {}", post.id), reason});
    }
  }
  if (cursor.by_page) {
    listing.next = fmt::format("p{}", cursor.value + 1);
  } else if (oldest == cursor.value) {
    fail(ErrorCode::kCorruptData, "{}: gives the same posts again when asked for those older than post {}", query.base,
         cursor.value);
  } else {
    listing.next = fmt::format("b{}", oldest);
  }
  return listing;
}

bool is_booru(const std::string& argument) {
  const auto colon = argument.find(':');
  return colon != std::string::npos && find_booru_site(argument.substr(0, colon)) != nullptr;
}

std::unique_ptr<ImageSource> open_booru(const std::string& argument, const SourceContext& context) {
  const auto colon = argument.find(':');
  const SourceOptions& options = context.options;
  BooruQuery query{.site = find_booru_site(argument.substr(0, colon)),
                   .base = options.api,
                   .tags = argument.substr(colon + 1),
                   .ratings = parse_ratings(options.rating),
                   .min_score = options.min_score,
                   .min_side = options.min_side,
                   .user = options.user,
                   .key = options.key};
  if (query.base.empty()) query.base = query.site->base;
  if (query.base.empty()) {
    fail(ErrorCode::kInvalidArgument, "source '{}': which board is meant is not said; give its address with --api",
         argument);
  }
  parse_url(query.base);
  while (query.base.ends_with('/')) query.base.pop_back();
  return std::make_unique<BooruSource>(std::move(query), context.http);
}

}  // namespace genga::fetch
