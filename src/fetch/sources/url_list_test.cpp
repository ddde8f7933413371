// Lists of addresses as text, CSV and JSON, and what is said of broken ones.
#include "fetch/sources/url_list.h"

#include <gtest/gtest.h>

#include "fetch/formats/csv.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

template <typename Work>
std::string message_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Csv, ReadsQuotedFields) {
  const auto rows = parse_csv(
      "\xef\xbb\xbf"
      "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\r\n\"two\nlines\",\r\nlast,1",
      "t.csv");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rows[1].fields, (std::vector<std::string>{"x,y", "say \"hi\""}));
  EXPECT_EQ(rows[2].fields, (std::vector<std::string>{"two\nlines", ""}));
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_EQ(rows[3].fields, (std::vector<std::string>{"last", "1"}));
  EXPECT_EQ(rows[3].line, 6);
}

TEST(Csv, TakesSemicolonsAndTabsWhereThereAreNoCommas) {
  EXPECT_EQ(parse_csv("a;b\n1,5;2\n", "t")[1].fields, (std::vector<std::string>{"1,5", "2"}));
  EXPECT_EQ(parse_csv("a\tb\n1\t2", "t")[1].fields, (std::vector<std::string>{"1", "2"}));
}

TEST(Csv, NamesTheLineOfABrokenQuote) {
  EXPECT_NE(message_of([] { parse_csv("a\n\"b\nc", "t.csv"); }).find("'t.csv' line 2: a quote is opened"),
            std::string::npos);
  EXPECT_NE(message_of([] { parse_csv("a\n\"b\"c\n", "t.csv"); }).find("line 2: text follows"), std::string::npos);
}

TEST(UrlList, TextHasOneAddressALine) {
  const auto listing =
      parse_text_list("# mine\nhttp://a.org/1.png\n\n  https://a.org/2.png#x  # why\nnot an address\n", "l.txt");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].url, "http://a.org/1.png");
  EXPECT_EQ(listing.candidates[1].url, "https://a.org/2.png");
  ASSERT_EQ(listing.passed_over.size(), 1U);
  EXPECT_EQ(listing.passed_over[0].what, "'l.txt' line 5");
}

TEST(UrlList, LeavesOutWhatIsNotOnTheWeb) {
  const auto listing = parse_text_list("file:///etc/passwd\n/etc/passwd\nftp://a.org/b\n", "l.txt");
  EXPECT_TRUE(listing.candidates.empty());
  EXPECT_EQ(listing.passed_over.size(), 3U);
}

TEST(UrlList, CsvColumnsAreNamedByTheHeader) {
  const auto listing = parse_csv_list(
      "Author,url,license,tags,md5\n\"Doe, J.\",http://a.org/1,CC0,sky hill,0123456789ABCDEF0123456789abcdef\n"
      ",http://a.org/2,,\"blue sky, hill\",\n",
      "l.csv");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].author, "Doe, J.");
  EXPECT_EQ(listing.candidates[0].licence, "CC0");
  EXPECT_EQ(listing.candidates[0].tags, (std::vector<std::string>{"sky", "hill"}));
  EXPECT_EQ(listing.candidates[0].md5, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(listing.candidates[1].tags, (std::vector<std::string>{"blue sky", "hill"}));
}

TEST(UrlList, SaysWhatIsWrongWithATable) {
  EXPECT_NE(
      message_of([] { parse_csv_list("url,licens\n", "l.csv"); }).find("unknown key 'licens'; did you mean 'licens"),
      std::string::npos);
  EXPECT_NE(message_of([] { parse_csv_list("url,color\n", "l.csv"); }).find("expected url, licence"),
            std::string::npos);
  EXPECT_NE(message_of([] { parse_csv_list("page\n", "l.csv"); }).find("no column is named 'url'"), std::string::npos);
  EXPECT_NE(message_of([] { parse_csv_list("url,title\nhttp://a/,b,c\n", "l.csv"); }).find("line 2: has 3 fields"),
            std::string::npos);
  EXPECT_NE(message_of([] { parse_csv_list("url,md5\nhttp://a/,12\n", "l.csv"); }).find("md5 '12' is not 32"),
            std::string::npos);
}

TEST(UrlList, JsonHoldsObjectsOrAddresses) {
  const auto listing = parse_json_list(
      R"([{"url": "http://a.org/1", "tags": ["blue sky"], "author": null}, "http://a.org/2"])", "l.json");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].tags, std::vector<std::string>{"blue sky"});
  const auto lines =
      parse_json_lines("{\"url\": \"http://a.org/1\"}\n\n{\"url\": \"http://a.org/2\", \"title\": \"t\"}\n", "l");
  ASSERT_EQ(lines.candidates.size(), 2U);
  EXPECT_EQ(lines.candidates[1].title, "t");
}

TEST(UrlList, SaysWhatIsWrongWithJson) {
  EXPECT_NE(
      message_of([] { parse_json_list("[{\"url\": ", "l.json"); }).find("'l.json' is not JSON: parse error at line 1"),
      std::string::npos);
  EXPECT_NE(message_of([] { parse_json_list("{}", "l.json"); }).find("expected an array"), std::string::npos);
  EXPECT_NE(message_of([] { parse_json_list("[{}]", "l.json"); }).find("item 1: has no 'url'"), std::string::npos);
  EXPECT_NE(message_of([] { parse_json_list("[{\"url\": 3}]", "l.json"); }).find("'url' is of type number"),
            std::string::npos);
  EXPECT_NE(message_of([] { parse_json_lines("{}\n{", "l.jsonl"); }).find("line 1"), std::string::npos);
  EXPECT_NE(message_of([] { parse_json_list("[{\"urk\": \"\"}]", "l.json"); }).find("did you mean 'url'"),
            std::string::npos);
}

TEST(UrlList, IsRecognisedByItsSuffix) {
  EXPECT_TRUE(is_url_list("a/links.TXT"));
  EXPECT_TRUE(is_url_list("links.jsonl"));
  EXPECT_FALSE(is_url_list("http://a.org/links.txt"));
  EXPECT_FALSE(is_url_list("danbooru:a"));
}

}  // namespace
}  // namespace genga::fetch
