// Requests to Openverse and its answers, which are made up after its documentation.
#include "fetch/sources/openverse.h"

#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

constexpr const char* kApi = "https://api.openverse.org";

class Openverse : public testing::Test {
 protected:
  void SetUp() override { image::init(1); }
};

TEST_F(Openverse, ImageComesWithLicenceAuthorAndCredit) {
  const Listing page = parse_openverse_page(kApi, "", R"({"result_count": 41, "page_count": 3, "page": 1, "results": [
    {"id": "aa-1", "title": "Lake", "url": "https://photos.example/1.jpg", "creator": "A. Walker", "license": "by-nc",
     "license_version": "2.0", "license_url": "https://creativecommons.org/licenses/by-nc/2.0/", "filetype": "jpg",
     "foreign_landing_url": "https://photos.example/1", "attribution": "\"Lake\" by A. Walker is licensed under CC BY-NC",
     "tags": [{"name": "lake", "accuracy": null}], "width": 1024, "height": 768, "mature": false},
    {"id": "aa-2", "url": "https://photos.example/2.svg", "filetype": "svg", "license": "cc0"},
    {"id": "aa-3", "url": "https://photos.example/3.jpg", "license": "cc0", "license_version": "1.0"},
    {"id": "aa-4", "url": "https://photos.example/4.jpg", "license": "cc0", "mature": true}]})");
  ASSERT_EQ(page.candidates.size(), 2);
  const ImageCandidate& image = page.candidates[0];
  EXPECT_EQ(image.name, "openverse_aa-1");
  EXPECT_EQ(image.licence, "CC-BY-NC-2.0");
  EXPECT_EQ(image.author, "A. Walker");
  EXPECT_EQ(image.page, "https://photos.example/1");
  EXPECT_EQ(image.attribution, "\"Lake\" by A. Walker is licensed under CC BY-NC");
  EXPECT_EQ(image.tags, std::vector<std::string>{"lake"});
  EXPECT_EQ(page.candidates[1].licence, "CC0-1.0");
  ASSERT_EQ(page.passed_over.size(), 2);
  EXPECT_EQ(page.passed_over[0].reason, "is no image that Genga reads (svg)");
  EXPECT_EQ(page.next, "p2");
}

TEST_F(Openverse, PagesEndWithTheLast) {
  EXPECT_EQ(openverse_address(kApi, "lake & sky", "p2"),
            "https://api.openverse.org/v1/images/?q=lake%20%26%20sky&page=2&page_size=20&mature=false");
  EXPECT_EQ(
      parse_openverse_page(kApi, "p3", R"({"page_count": 3, "results": [{"id": "a", "url": "https://x/1"}]})").next,
      "");
  EXPECT_EQ(parse_openverse_page(kApi, "", R"({"page_count": 0, "results": []})").next, "");
}

TEST_F(Openverse, PathsAreNoAddresses) {
  const Listing page = parse_openverse_page(kApi, "", R"({"page_count": 1, "results": [
    {"id": "a", "url": "/home/someone/private.png"}, {"id": "b", "url": "file:///home/someone/private.png"}]})");
  EXPECT_EQ(page.candidates.size(), 0);
  ASSERT_EQ(page.passed_over.size(), 2);
  EXPECT_EQ(page.passed_over[0].reason, "has no file");
}

TEST_F(Openverse, WrongAnswersAreNamed) {
  for (const char* body : {"<html>", "[]", R"({"detail": "Throttled"})"}) {
    try {
      parse_openverse_page(kApi, "", body);
      FAIL() << "accepted: " << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kCorruptData) << error.what();
    }
  }
}

}  // namespace
}  // namespace genga::fetch
