// Addresses and answers of image boards. The answers are made up after the documentation of the APIs.
#include "fetch/sources/booru.h"

#include <gtest/gtest.h>

#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

class Booru : public testing::Test {
 protected:
  void SetUp() override { image::init(1); }
};

BooruQuery query(std::string_view prefix, std::string tags) {
  const BooruSite* site = find_booru_site(prefix);
  return {.site = site, .base = std::string(site->base), .tags = std::move(tags)};
}

std::string address(const BooruQuery& q, const std::string& cursor = "") {
  return percent_decode(booru_address(q, cursor));
}

std::string error_of(const BooruQuery& q, const std::string& body, ErrorCode code) {
  try {
    parse_booru_page(q, "", body);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << body;
  return "";
}

constexpr const char* kDanbooru = R"([
  {"id": 903, "rating": "g", "score": 12, "image_width": 1200, "image_height": 900, "file_ext": "png",
   "md5": "00112233445566778899aabbccddeeff", "source": "https://art.example/903", "tag_string": "1girl hat sea",
   "tag_string_artist": "mori_(painter) umi", "is_deleted": false, "is_banned": false,
   "file_url": "https://cdn.example/00112233445566778899aabbccddeeff.png"},
  {"id": 902, "rating": "g", "tag_string": "1girl", "is_deleted": false, "is_banned": true},
  {"id": 901, "rating": "g", "tag_string": "1girl", "is_deleted": false, "is_banned": false},
  {"id": 900, "rating": "e", "file_url": "https://cdn.example/900.jpg"},
  {"id": 899, "rating": "g", "file_url": "https://cdn.example/899.mp4", "file_ext": "mp4"},
  {"id": 898, "rating": "g", "is_deleted": true, "file_url": "https://cdn.example/898.jpg"}])";

TEST_F(Booru, DanbooruPostsGiveArtistSourceAndHashButNoLicence) {
  const Listing page = parse_booru_page(query("danbooru", "1girl"), "", kDanbooru);
  ASSERT_EQ(page.candidates.size(), 1);
  const ImageCandidate& image = page.candidates[0];
  EXPECT_EQ(image.name, "danbooru_903");
  EXPECT_EQ(image.url, "https://cdn.example/00112233445566778899aabbccddeeff.png");
  EXPECT_EQ(image.page, "https://danbooru.donmai.us/posts/903");
  EXPECT_EQ(image.author, "mori_(painter), umi");
  EXPECT_EQ(image.licence, "");
  EXPECT_EQ(image.md5, "00112233445566778899aabbccddeeff");
  EXPECT_EQ(image.attribution,
            "mori_(painter), umi; source: https://art.example/903; posted at https://danbooru.donmai.us/posts/903");
  EXPECT_EQ(image.tags, (std::vector<std::string>{"1girl", "hat", "sea", "rating:general"}));
  EXPECT_EQ(image.width, 1200);
  EXPECT_EQ(page.next, "b898");
}

TEST_F(Booru, HiddenPostsAndVideosArePassedOverWithAReason) {
  const Listing page = parse_booru_page(query("danbooru", "1girl"), "", kDanbooru);
  ASSERT_EQ(page.passed_over.size(), 5);
  EXPECT_EQ(page.passed_over[0].what, "post 902");
  EXPECT_EQ(page.passed_over[0].reason, "was taken down at the artist's wish");
  EXPECT_EQ(page.passed_over[1].reason, "is shown to some accounts only (--user and --key)");
  EXPECT_EQ(page.passed_over[2].reason, "is rated explicit");
  EXPECT_EQ(page.passed_over[3].reason, "is no image that Genga reads (.mp4)");
  EXPECT_EQ(page.passed_over[4].reason, "is deleted");
}

TEST_F(Booru, PagesGoOnBelowTheOldestPostSoThatNewPostsShiftNothing) {
  EXPECT_EQ(address(query("danbooru", "1girl solo")),
            "https://danbooru.donmai.us/posts.json?tags=1girl solo rating:general&limit=200");
  EXPECT_EQ(address(query("danbooru", "1girl"), "b898"),
            "https://danbooru.donmai.us/posts.json?tags=1girl rating:general&limit=200&page=b898");
  EXPECT_EQ(address(query("gelbooru", "hat"), "b50"),
            "https://gelbooru.com/index.php?page=dapi&s=post&q=index&json=1&tags=hat rating:general id:<50&limit=100");
  EXPECT_EQ(address(query("konachan", "hat"), "b50"),
            "https://konachan.com/post.json?tags=hat rating:safe id:<50&limit=100");
  const char* again = R"([{"id": 60, "rating": "g"}, {"id": 50, "rating": "g"}, {"id": 49, "rating": "g"}])";
  const Listing page = parse_booru_page(query("danbooru", ""), "b50", again);
  EXPECT_EQ(page.passed_over.size(), 1) << "posts of the page before are not said twice";
  EXPECT_EQ(page.next, "b49");
}

TEST_F(Booru, SearchesWithAnOrderOfTheirOwnGoByPageNumbers) {
  EXPECT_EQ(address(query("danbooru", "hat order:score")),
            "https://danbooru.donmai.us/posts.json?tags=hat order:score rating:general&limit=200&page=1");
  EXPECT_EQ(address(query("gelbooru", "hat sort:score"), "p2"),
            "https://gelbooru.com/index.php?page=dapi&s=post&q=index&json=1&tags=hat sort:score rating:general"
            "&limit=100&pid=1");
  const char* page = R"([{"id": 7, "rating": "g"}, {"id": 70, "rating": "g"}])";
  EXPECT_EQ(parse_booru_page(query("danbooru", "order:score"), "", page).next, "p2");
}

TEST_F(Booru, BoardThatIgnoresTheCursorDoesNotLoopForEver) {
  try {
    parse_booru_page(query("danbooru", ""), "b50", R"([{"id": 60, "rating": "g"}])");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_NE(std::string(error.what()).find("same posts again"), std::string::npos);
  }
}

TEST_F(Booru, RatingsScoreAndSizeBecomeMetatagsOfEachDialect) {
  BooruQuery q = query("danbooru", "hat");
  q.ratings = parse_ratings("general,sensitive");
  q.min_score = 5;
  q.min_side = 512;
  EXPECT_NE(address(q).find("tags=hat rating:g,s&"), std::string::npos) << "guests may search for two tags";
  q.user = q.key = "k";
  EXPECT_NE(address(q).find("tags=hat rating:g,s score:>=5 width:>=512 height:>=512&"), std::string::npos);
  q.site = find_booru_site("gelbooru");
  EXPECT_NE(address(q).find("tags=hat -rating:questionable -rating:explicit score:>=5"), std::string::npos);
  q.site = find_booru_site("yandere");
  EXPECT_NE(address(q).find("tags=hat rating:safe score:>=5 width:>=512"), std::string::npos);
  q.min_side = 64;
  EXPECT_EQ(address(q).find("width"), std::string::npos) << "not worth a tag";
  q.site = find_booru_site("safebooru");
  EXPECT_NE(address(q).find("tags=hat score:>=5"), std::string::npos);
  q.ratings = parse_ratings("any");
  q.site = find_booru_site("danbooru");
  EXPECT_NE(address(q).find("tags=hat score:>=5"), std::string::npos);
}

TEST_F(Booru, RatingsAreReadAsWords) {
  EXPECT_EQ(parse_ratings(""), std::set<Rating>{Rating::kGeneral});
  EXPECT_EQ(parse_ratings("safe"), std::set<Rating>{Rating::kGeneral});
  EXPECT_EQ(parse_ratings("any").size(), 4);
  try {
    parse_ratings("general,sensitiv");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("did you mean 'sensitive'?"), std::string::npos) << error.what();
  }
}

TEST_F(Booru, GelbooruAnswersAreReadInAllTheirForms) {
  const BooruQuery q = query("gelbooru", "hat");
  const Listing page = parse_booru_page(q, "", R"({"@attributes": {"limit": 100, "offset": 0, "count": 2}, "post": [
    {"id": 41, "md5": "0f", "rating": "general", "width": 800, "height": 600, "tags": "hat k&#039;s_hat", "score": 3,
     "source": "https://a.example/?a=1&amp;b=2", "owner": "someone", "file_url": "https://img.example/41.jpg"},
    {"id": "40", "rating": "general", "directory": "ab/cd", "image": "40.png", "width": "300", "height": "200"}]})");
  ASSERT_EQ(page.candidates.size(), 2);
  EXPECT_EQ(page.candidates[0].tags[1], "k's_hat");
  EXPECT_EQ(page.candidates[0].author, "") << "who posts is not who drew";
  EXPECT_EQ(page.candidates[0].attribution,
            "source: https://a.example/?a=1&b=2; posted at https://gelbooru.com/index.php?page=post&s=view&id=41");
  EXPECT_EQ(page.candidates[1].url, "https://gelbooru.com/images/ab/cd/40.png");
  EXPECT_EQ(page.candidates[1].width, 300);
  EXPECT_EQ(page.next, "b40");

  const char* single = R"({"@attributes": {"count": 1}, "post": {"id": 9, "rating": "safe", "image": "9.png"}})";
  EXPECT_EQ(parse_booru_page(q, "", single).candidates.size(), 1);
  for (const char* empty : {"", "[]", R"({"@attributes": {"limit": 100, "offset": 0, "count": 0}})"}) {
    const Listing none = parse_booru_page(q, "", empty);
    EXPECT_TRUE(none.candidates.empty() && none.passed_over.empty() && none.next.empty()) << empty;
  }
}

TEST_F(Booru, SafebooruPostsWithoutAnythingInThemArePassedOver) {
  const Listing page = parse_booru_page(query("safebooru", "hat"), "", R"([
    {"id": 12, "file_url": "https://safebooru.org/images//", "directory": null, "hash": null, "width": null,
     "image": null, "rating": null, "tags": "", "score": null},
    {"id": 11, "file_url": "https://safebooru.org/images/4172/x.jpg", "directory": 4172, "hash": "abc", "width": 1254,
     "height": 1254, "image": "x.jpg", "rating": "general", "score": null, "tags": "1girl solo"}])");
  ASSERT_EQ(page.candidates.size(), 1);
  EXPECT_EQ(page.candidates[0].name, "safebooru_11");
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_EQ(page.passed_over[0].reason, "is empty");
}

TEST_F(Booru, APostWithABrokenAddressStopsNoOther) {
  const Listing page = parse_booru_page(query("danbooru", "1girl"), "", R"([
    {"id": 9, "file_url": "ftp://files.example/9.png", "rating": "g"},
    {"id": 8, "file_url": "https://files.example/8.png", "rating": "g"}])");
  ASSERT_EQ(page.candidates.size(), 1);
  EXPECT_EQ(page.candidates[0].name, "danbooru_8");
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_EQ(page.passed_over[0].reason, "has a file without an address");
}

TEST_F(Booru, MoebooruSafeMeansGeneralAndItsAuthorIsThePoster) {
  const Listing page = parse_booru_page(query("konachan", "hat"), "", R"([
    {"id": 31, "tags": "hat sky", "author": "poster", "source": "pixiv 1", "score": 5, "md5": "aa", "status": "active",
     "file_url": "//konachan.com/image/aa.jpg", "rating": "s", "width": 1500, "height": 1000},
    {"id": 30, "tags": "hat", "rating": "q", "file_url": "https://konachan.com/image/bb.jpg", "status": "active"},
    {"id": 29, "tags": "hat", "rating": "s", "status": "deleted"}])");
  ASSERT_EQ(page.candidates.size(), 1);
  EXPECT_EQ(page.candidates[0].url, "https://konachan.com/image/aa.jpg");
  EXPECT_EQ(page.candidates[0].author, "");
  EXPECT_EQ(page.candidates[0].page, "https://konachan.com/post/show/31");
  EXPECT_EQ(page.candidates[0].tags.back(), "rating:safe");
  ASSERT_EQ(page.passed_over.size(), 2);
  EXPECT_EQ(page.passed_over[0].reason, "is rated questionable");
  EXPECT_EQ(page.passed_over[1].reason, "is deleted");
}

TEST_F(Booru, WhatABoardWasAskedForIsCheckedOnItsPosts) {
  BooruQuery q = query("danbooru", "hat");
  q.min_score = 10;
  q.min_side = 500;
  const Listing page = parse_booru_page(q, "", R"([
    {"id": 5, "rating": "g", "score": 3, "file_url": "https://c.example/5.png"},
    {"id": 4, "rating": "g", "score": 30, "image_width": 499, "image_height": 900, "file_url": "https://c.example/4.png"},
    {"id": 3, "score": 30, "file_url": "https://c.example/3.png"}])");
  ASSERT_EQ(page.passed_over.size(), 3);
  EXPECT_EQ(page.passed_over[0].reason, "has a score of 3");
  EXPECT_EQ(page.passed_over[1].reason, "is only 499x900 px");
  EXPECT_EQ(page.passed_over[2].reason, "has no rating");
}

TEST_F(Booru, WrongAnswersAreNamed) {
  const BooruQuery q = query("danbooru", "hat");
  EXPECT_NE(error_of(q, "<!doctype html><title>Wait</title>", ErrorCode::kCorruptData).find("a web page"),
            std::string::npos);
  EXPECT_NE(error_of(q, "", ErrorCode::kCorruptData).find("nothing"), std::string::npos);
  EXPECT_NE(error_of(q, "Too deep!", ErrorCode::kCorruptData).find("other text ('Too deep!')"), std::string::npos);
  EXPECT_NE(error_of(q, "{\"posts\": []}", ErrorCode::kCorruptData).find("no list of posts"), std::string::npos);
  EXPECT_NE(error_of(q, "[1, {\"name\": 2}]", ErrorCode::kCorruptData).find("has an id"), std::string::npos);
  EXPECT_NE(error_of(q, R"({"success": false, "message": "You cannot search for more than 2 tags at a time."})",
                     ErrorCode::kIo)
                .find("more than 2 tags"),
            std::string::npos);
  EXPECT_NE(error_of(query("yandere", ""), R"({"success": false, "reason": "access denied"})", ErrorCode::kIo)
                .find("access denied"),
            std::string::npos);
}

TEST_F(Booru, DeepNestingDoesNoHarm) {
  const std::string deep(1'000'000, '[');
  EXPECT_THROW(parse_booru_page(query("danbooru", ""), "", deep), Error);
  const std::string closed = R"([{"id": 1, "rating": "g", "file_url": "https://c.example/1.png", "tag_string": )" +
                             deep + std::string(deep.size(), ']') + "}]";
  EXPECT_EQ(parse_booru_page(query("danbooru", ""), "", closed).candidates.size(), 1);
}

TEST_F(Booru, AccountGoesIntoTheParametersOfTheDialect) {
  BooruQuery q = query("gelbooru", "hat");
  q.user = "17";
  q.key = "a b";
  EXPECT_NE(booru_address(q, "").find("&user_id=17&api_key=a%20b"), std::string::npos);
  q.site = find_booru_site("danbooru");
  EXPECT_NE(booru_address(q, "").find("&login=17&api_key=a%20b"), std::string::npos);
  q.site = find_booru_site("konachan");
  EXPECT_NE(booru_address(q, "").find("&login=17&password_hash=a%20b"), std::string::npos);
}

TEST_F(Booru, ArgumentsAreRecognisedByTheirPrefix) {
  EXPECT_TRUE(is_booru("danbooru:1girl solo"));
  EXPECT_TRUE(is_booru("yandere:"));
  EXPECT_FALSE(is_booru("https://danbooru.donmai.us"));
  EXPECT_FALSE(is_booru("danbooru"));
}

}  // namespace
}  // namespace genga::fetch
