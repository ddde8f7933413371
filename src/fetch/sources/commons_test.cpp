// Requests to MediaWiki and its answers, which are made up after its documentation.
#include "fetch/sources/commons.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fetch/formats/html_text.h"
#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

class Commons : public testing::Test {
 protected:
  void SetUp() override { image::init(1); }
};

CommonsQuery query(const std::string& words) {
  CommonsQuery q = parse_commons_argument(words);
  q.api = "https://commons.wikimedia.org/w/api.php";
  q.depth = 1;
  return q;
}

std::string address(const CommonsQuery& q, const std::string& cursor = "") {
  return percent_decode(commons_address(q, cursor));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kCategory = R"({"batchcomplete": true,
 "continue": {"gcmcontinue": "file|4241|17", "continue": "gcmcontinue||"},
 "query": {"pages": [
  {"pageid": 11, "ns": 6, "title": "File:Harbour at dawn.jpg", "imagerepository": "local", "imageinfo": [{
    "size": 900000, "width": 3000, "height": 2000, "user": "Painter1", "mime": "image/jpeg", "sha1": "ab12",
    "url": "https://upload.example/a/Harbour.jpg", "descriptionurl": "https://commons.example/File:Harbour.jpg",
    "thumburl": "https://upload.example/thumb/960px-Harbour.jpg", "thumbwidth": 960, "thumbheight": 640,
    "extmetadata": {
      "License": {"value": "cc-by-sa-4.0", "source": "commons-templates", "hidden": ""},
      "LicenseShortName": {"value": "CC BY-SA 4.0"},
      "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/4.0"},
      "Artist": {"value": "<a href=\"//commons.example/User:Painter1\" title=\"User\">Anna <b>Painter</b></a>"},
      "Categories": {"value": "Harbours|Dawn"},
      "ObjectName": {"value": "Harbour at dawn"}}}]},
  {"pageid": 12, "ns": 6, "title": "File:Map.svg", "imageinfo": [{"mime": "image/svg+xml", "url": "https://u/m.svg"}]},
  {"pageid": 13, "ns": 6, "title": "File:Song.ogg", "imageinfo": [{"mime": "audio/ogg", "url": "https://u/s.ogg"}]},
  {"pageid": 14, "ns": 14, "title": "Category:Boats"}]}})";

TEST_F(Commons, ImageComesWithLicenceAuthorAndCredit) {
  const Listing page = parse_commons_page(query("Category:Harbours"), "", kCategory);
  ASSERT_EQ(page.candidates.size(), 1);
  const ImageCandidate& image = page.candidates[0];
  EXPECT_EQ(image.name, "commons_11");
  EXPECT_EQ(image.licence, "CC-BY-SA-4.0");
  EXPECT_EQ(image.licence_url, "https://creativecommons.org/licenses/by-sa/4.0");
  EXPECT_EQ(image.author, "Anna Painter");
  EXPECT_EQ(image.title, "Harbour at dawn");
  EXPECT_EQ(image.page, "https://commons.example/File:Harbour.jpg");
  EXPECT_EQ(image.attribution,
            "Anna Painter, \"Harbour at dawn\", CC BY-SA 4.0 <https://creativecommons.org/licenses/by-sa/4.0>, via "
            "Wikimedia Commons");
  EXPECT_EQ(image.tags, (std::vector<std::string>{"Harbours", "Dawn"}));
}

TEST_F(Commons, SmallerCopyIsTakenWithoutTheOriginalsHash) {
  const Listing page = parse_commons_page(query("Category:Harbours"), "", kCategory);
  EXPECT_EQ(page.candidates.at(0).url, "https://upload.example/thumb/960px-Harbour.jpg");
  EXPECT_EQ(page.candidates[0].width, 960);
  EXPECT_EQ(page.candidates[0].height, 640);
  EXPECT_EQ(page.candidates[0].sha1, "");
  CommonsQuery q = query("Category:Harbours");
  EXPECT_FALSE(has(address(q), "iiurlwidth"));
  q.width = 700;
  EXPECT_TRUE(has(address(q), "iiurlwidth=960")) << "a width that Wikimedia makes";
  q.width = 9000;
  EXPECT_TRUE(has(address(q), "iiurlwidth=3840"));
}

TEST_F(Commons, PathsAreNoAddresses) {
  std::string answer = kCategory;
  const std::string address = "https://upload.example/thumb/960px-Harbour.jpg";
  answer.replace(answer.find(address), address.size(), "/home/someone/private.jpg");
  CommonsQuery q = query("Category:Harbours");
  q.width = 800;
  ASSERT_EQ(parse_commons_page(q, "", answer).candidates.size(), 1);
  EXPECT_EQ(parse_commons_page(q, "", answer).candidates[0].url, "https://upload.example/a/Harbour.jpg");
  const std::string original = "https://upload.example/a/Harbour.jpg";
  answer.replace(answer.find(original), original.size(), "/home/someone/private.jpg");
  EXPECT_EQ(parse_commons_page(q, "", answer).candidates.size(), 0);
}

TEST_F(Commons, OriginalKeepsItsHash) {
  auto json = nlohmann::json::parse(kCategory);
  json["query"]["pages"][0]["imageinfo"][0].erase("thumburl");
  const Listing page = parse_commons_page(query("Category:Harbours"), "", json.dump());
  EXPECT_EQ(page.candidates.at(0).url, "https://upload.example/a/Harbour.jpg");
  EXPECT_EQ(page.candidates[0].sha1, "ab12");
}

TEST_F(Commons, DrawingsSoundAndDocumentsArePassedOver) {
  const Listing page = parse_commons_page(query("Category:Harbours"), "", kCategory);
  ASSERT_EQ(page.passed_over.size(), 2);
  EXPECT_EQ(page.passed_over[0].what, "File:Map.svg");
  EXPECT_EQ(page.passed_over[0].reason, "is no bitmap image that Genga reads (image/svg+xml)");
  EXPECT_EQ(page.passed_over[1].reason, "is no bitmap image that Genga reads (audio/ogg)");
}

TEST_F(Commons, CategoryTreeIsWalkedOnceByTheCursor) {
  const CommonsQuery q = query("Category:Harbours");
  EXPECT_TRUE(has(address(q), "generator=categorymembers&gcmtitle=Category:Harbours&gcmtype=file|subcat&gcmlimit=50"));
  const std::string second = parse_commons_page(q, "", kCategory).next;
  EXPECT_TRUE(has(address(q, second), "gcmtitle=Category:Harbours&"));
  EXPECT_TRUE(has(address(q, second), "gcmcontinue=file|4241|17"));
  const char* last = R"({"batchcomplete": true, "query": {"pages": [
    {"pageid": 14, "ns": 14, "title": "Category:Boats"}, {"pageid": 15, "ns": 14, "title": "Category:Harbours"}]}})";
  const std::string third = parse_commons_page(q, second, last).next;
  EXPECT_TRUE(has(address(q, third), "gcmtitle=Category:Boats&gcmtype=file&")) << "depth 1: no further ones";
  EXPECT_FALSE(has(address(q, third), "gcmcontinue"));
  EXPECT_EQ(parse_commons_page(q, third, R"({"batchcomplete": true})").next, "") << "itself is not listed again";
}

TEST_F(Commons, OlderVersionsOfAFileAreNotFollowed) {
  const char* answer = R"({"continue": {"iistart": "2009-09-30T06:04:51Z", "continue": "||"}, "query": {"pages": [
    {"pageid": 4, "ns": 6, "title": "File:A.png", "imageinfo": [{"mime": "image/png", "url": "https://u/A.png"}]}]}})";
  const Listing page = parse_commons_page(query("File:A.png"), "", answer);
  EXPECT_EQ(page.candidates.size(), 1);
  EXPECT_EQ(page.next, "");
}

TEST_F(Commons, FilesByNameGoInPortionsAndMissingOnesAreNamed) {
  std::string words = "File:F0.jpg";
  for (int i = 1; i < 60; ++i) words += "|File:F" + std::to_string(i) + ".jpg";
  const CommonsQuery q = query(words);
  EXPECT_TRUE(has(address(q), "titles=File:F0.jpg|"));
  EXPECT_FALSE(has(address(q), "File:F50.jpg"));
  const Listing page = parse_commons_page(
      q, "", R"({"batchcomplete": true, "query": {"pages": [{"ns": 6, "title": "File:F0.jpg", "missing": true}]}})");
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_EQ(page.passed_over[0].reason, "does not exist");
  EXPECT_TRUE(has(address(q, page.next), "titles=File:F50.jpg|"));
}

TEST_F(Commons, SearchAsksForBitmapFiles) {
  EXPECT_TRUE(has(address(query("woodblock print wave")),
                  "generator=search&gsrsearch=woodblock print wave "
                  "filetype:bitmap&gsrnamespace=6&gsrlimit=50"));
}

TEST_F(Commons, LicencesAreFoundByAnyOfTheirSpellings) {
  const auto licence = [](const std::string& metadata) {
    const Listing page = parse_commons_page(
        query("File:A.png"), "",
        R"({"batchcomplete": true, "query": {"pages": [{"pageid": 1, "title": "File:A b.png", "imageinfo": [
            {"mime": "image/png", "url": "https://u/A.png", "user": "U", "extmetadata": )" +
            metadata + "}]}]}}");
    return page.candidates.at(0);
  };
  EXPECT_EQ(licence(R"({"License": {"value": "pd"}, "LicenseShortName": {"value": "Public domain"}})").licence,
            "PDM-1.0");
  EXPECT_EQ(licence(R"({"LicenseShortName": {"value": "CC BY 2.0"}})").licence, "CC-BY-2.0");
  const ImageCandidate own_words = licence(R"({"LicenseShortName": {"value": "Museum terms"}})");
  EXPECT_EQ(own_words.licence, "Museum terms");
  EXPECT_EQ(own_words.attribution, "uploaded by U, \"A b\", Museum terms, via Wikimedia Commons");
  EXPECT_EQ(licence("[]").licence, "") << "unknown";
  const ImageCandidate asked = licence(R"({"Attribution": {"value": "Photo: <i>A. B.</i> / Archive"}})");
  EXPECT_EQ(asked.attribution, "Photo: A. B. / Archive, via Wikimedia Commons");
}

TEST_F(Commons, BusyAndWrongAnswersAreTold) {
  const auto code_of = [](const std::string& body) {
    try {
      parse_commons_page(query("Category:X"), "", body);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code_of(R"({"error": {"code": "maxlag", "info": "Waiting for a server: 6 seconds lagged", "lag": 6}})"),
            ErrorCode::kBusy);
  EXPECT_EQ(code_of(R"({"error": {"code": "invalidcategory", "info": "The category name is not valid."}})"),
            ErrorCode::kIo);
  EXPECT_EQ(code_of("<html>"), ErrorCode::kCorruptData);
  EXPECT_EQ(code_of("[]"), ErrorCode::kCorruptData);
  EXPECT_EQ(code_of("{}"), ErrorCode::kCorruptData);
  EXPECT_EQ(code_of(R"({"query": [1]})"), ErrorCode::kCorruptData);
  EXPECT_EQ(code_of(R"({"query": {"pages": 3}})"), ErrorCode::kCorruptData);
  const Listing none = parse_commons_page(query("Category:X"), "", R"({"batchcomplete": true})");
  ASSERT_EQ(none.passed_over.size(), 1);
  EXPECT_EQ(none.passed_over[0].reason, "is empty or does not exist");
}

TEST(HtmlText, KeepsWhatPeopleSee) {
  EXPECT_EQ(html_to_text("  plain words "), "plain words");
  EXPECT_EQ(html_to_text("A &amp; B &#039;c&#039; &lt;d&gt;"), "A & B 'c' <d>");
  EXPECT_EQ(html_to_text("<p>one</p>\n<p>two<br>three</p>"), "one two three");
  EXPECT_EQ(html_to_text("Unknown author<span style=\"display: none;\">Unknown author</span>"), "Unknown author");
  EXPECT_EQ(html_to_text("<style>.a{}</style><a href='x'>浮世絵</a>"), "浮世絵");
  EXPECT_EQ(html_to_text("<b>broken <i>markup"), "broken markup");
}

}  // namespace
}  // namespace genga::fetch
