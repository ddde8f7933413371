// Booru boards: Danbooru, Gelbooru (0.2 and later, Safebooru) and Moebooru (konachan, yande.re) answer to searches by
// tags with posts as JSON. Pages are asked for by "posts older than this one", so that none is skipped or given twice
// while new posts arrive; only a search with an order of its own goes by page numbers.
//
// Boards do not license the images that people post there: ImageCandidate::licence stays empty. What they know of the
// artist and of where an image was first published goes to author and attribution.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

enum class BooruDialect { kDanbooru, kGelbooru, kMoebooru };

struct BooruSite {
  std::string_view prefix;  // "danbooru", of "danbooru:1girl solo"
  std::string_view base;    // "https://danbooru.donmai.us"; empty: must be given
  BooruDialect dialect;
  int page_size;        // posts asked for at once
  bool rating_metatag;  // the search knows rating:; else posts are chosen by what they say
};
std::span<const BooruSite> booru_sites();
const BooruSite* find_booru_site(std::string_view prefix);  // null: none

enum class Rating { kGeneral, kSensitive, kQuestionable, kExplicit };
/// "general" or "safe", which are the same; "general,sensitive"; "any"; "" is general. Throws Error: kInvalidArgument.
std::set<Rating> parse_ratings(std::string_view text);

struct BooruQuery {
  const BooruSite* site = nullptr;
  std::string base{};  // "https://danbooru.donmai.us", without '/' at its end
  std::string tags{};  // separated by spaces, as on the board
  std::set<Rating> ratings{Rating::kGeneral};
  int min_score = 0;          // 0: any
  int min_side = 0;           // px, of both sides
  std::string user{}, key{};  // Danbooru: login, API key; Gelbooru: user id, API key; Moebooru: login, password hash
};

/// The address of a page. cursor: "" (the first), "b123" (older than post 123) or "p4" (page 4).
std::string booru_address(const BooruQuery& query, const std::string& cursor);
/// Throws Error: kCorruptData, kIo (the board refuses, in its own words).
Listing parse_booru_page(const BooruQuery& query, const std::string& cursor, const std::string& body);

/// "danbooru:1girl solo" and the like.
bool is_booru(const std::string& argument);
/// Throws Error: kInvalidArgument (a board without an address, a rating that is none).
std::unique_ptr<ImageSource> open_booru(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
