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
      "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\r\n\"two\nlines\",\r\nlast,1");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].fields, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(rows[1].fields, (std::vector<std::string>{"x,y", "say \"hi\""}));
  EXPECT_EQ(rows[2].fields, (std::vector<std::string>{"two\nlines", ""}));
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_EQ(rows[3].fields, (std::vector<std::string>{"last", "1"}));
  EXPECT_EQ(rows[3].line, 6);
}

TEST(Csv, TakesSemicolonsAndTabsWhereThereAreNoCommas) {
  EXPECT_EQ(parse_csv("a;b\n1,5;2\n")[1].fields, (std::vector<std::string>{"1,5", "2"}));
  EXPECT_EQ(parse_csv("a\tb\n1\t2")[1].fields, (std::vector<std::string>{"1", "2"}));
}

TEST(Csv, ARowWithABrokenQuoteEndsWithItsLine) {
  const auto open = parse_csv("a\n\"b\nc");
  ASSERT_EQ(open.size(), 3U);
  EXPECT_EQ(open[1].line, 2);
  EXPECT_EQ(open[1].problem, "a quote is opened and not closed");
  EXPECT_EQ(open[2].line, 3);
  EXPECT_EQ(open[2].fields, std::vector<std::string>{"c"});
  const auto behind = parse_csv("a\n\"b\"c,\"d\ne,f\n");
  ASSERT_EQ(behind.size(), 3U);
  EXPECT_NE(behind[1].problem.find("text follows"), std::string::npos);
  EXPECT_EQ(behind[2].fields, (std::vector<std::string>{"e", "f"}));
}

/// Each row opens a quote that the next one closes: read once for each row to the end, this would take 3 GB and
/// minutes.
TEST(Csv, AFileFullOfBrokenQuotesIsReadInLinearTime) {
  std::string text = "url,title\n";
  for (int i = 0; i < 20000; ++i) text += "a\",x,\"\n";
  const auto rows = parse_csv(text);
  ASSERT_EQ(rows.size(), 20001U);
  EXPECT_EQ(rows[1].problem, "its quotes go on over more than 100 lines");
  EXPECT_EQ(rows[20000].problem, "a quote is opened and not closed");
  for (const CsvRow& row : rows) ASSERT_TRUE(row.problem.empty() || row.fields.empty()) << row.line;
}

TEST(Csv, AFieldMayGoOverManyLines) {
  const std::string poem(99, '\n');
  EXPECT_EQ(parse_csv("a,\"" + poem + "\"\nb,c")[0].fields, (std::vector<std::string>{"a", poem}));
  EXPECT_EQ(parse_csv("a,\"" + poem + "\n\"\nb,c")[0].problem, "its quotes go on over more than 100 lines");
}

TEST(UrlList, TextHasOneAddressALine) {
  const auto [listing, none] =
      parse_text_list("# mine\nhttp://a.org/1.png\n\n  https://a.org/2.png#x  # why\nnot an address\n", "l.txt");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].url, "http://a.org/1.png");
  EXPECT_EQ(listing.candidates[1].url, "https://a.org/2.png");
  ASSERT_EQ(listing.passed_over.size(), 1U);
  EXPECT_EQ(listing.passed_over[0].what, "'l.txt' line 5");
}

TEST(UrlList, LeavesOutWhatIsNotOnTheWeb) {
  const auto listing = parse_text_list("file:///etc/passwd\n/etc/passwd\nftp://a.org/b\n", "l.txt").listing;
  EXPECT_TRUE(listing.candidates.empty());
  EXPECT_EQ(listing.passed_over.size(), 3U);
}

TEST(UrlList, CsvColumnsAreNamedByTheHeader) {
  const auto [listing, notice] = parse_csv_list(
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
  EXPECT_NE(message_of([] { parse_csv_list("page\n", "l.csv"); }).find("no column is named 'url'"), std::string::npos);
  EXPECT_NE(message_of([] {
              parse_csv_list("url,\"page\nhttp://a.org/1,x\n", "l.csv");
            }).find("'l.csv' line 1: a quote is opened and not closed"),
            std::string::npos);
  const auto [listing, notice] = parse_csv_list(
      "url,title,md5\nhttp://a/1,b\nhttp://a/1,2,3,4\nhttp://a/2,x,12\n\"http://a/3,\nhttp://a/4,\xff\nhttp://a/5\n",
      "l.csv");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].url, "http://a/1");
  EXPECT_EQ(listing.candidates[1].url, "http://a/5");
  ASSERT_EQ(listing.passed_over.size(), 4U);
  EXPECT_EQ(listing.passed_over[0].what, "'l.csv' line 3");
  EXPECT_NE(listing.passed_over[0].reason.find("has 4 fields, and the header names 3"), std::string::npos);
  EXPECT_NE(listing.passed_over[1].reason.find("md5 '12' is not 32"), std::string::npos);
  EXPECT_NE(listing.passed_over[2].reason.find("line 5: a quote is opened"), std::string::npos);
  EXPECT_NE(listing.passed_over[3].reason.find("not UTF-8"), std::string::npos);
  EXPECT_EQ(notice, "");
}

/// LAION's lists.
TEST(UrlList, IgnoresUnknownColumnsAndNamesThemOnce) {
  const auto [listing, notice] =
      parse_csv_list("URL,TEXT,WIDTH,licens\nhttp://a.org/1,\"a sea, blue\",96,x\nhttp://a.org/2,hill,96,x\n", "l.csv");
  EXPECT_EQ(listing.candidates.size(), 2U);
  EXPECT_TRUE(listing.passed_over.empty());
  EXPECT_TRUE(notice.starts_with("the columns TEXT, WIDTH, licens are not used; did you mean 'licens")) << notice;
  const auto lines = parse_json_lines("{\"URL\": \"http://a.org/1\", \"similarity\": 0.3}\n", "l.jsonl");
  EXPECT_EQ(lines.listing.candidates.size(), 1U);
  EXPECT_EQ(lines.notice, "the column similarity is not used");
}

TEST(UrlList, JsonHoldsObjectsOrAddresses) {
  const auto [listing, notice] = parse_json_list(
      R"([{"url": "http://a.org/1", "tags": ["blue sky"], "author": null}, "http://a.org/2"])", "l.json");
  ASSERT_EQ(listing.candidates.size(), 2U);
  EXPECT_EQ(listing.candidates[0].tags, std::vector<std::string>{"blue sky"});
  const auto lines =
      parse_json_lines("{\"url\": \"http://a.org/1\"}\n\n{\"url\": \"http://a.org/2\", \"title\": \"t\"}\n", "l")
          .listing;
  ASSERT_EQ(lines.candidates.size(), 2U);
  EXPECT_EQ(lines.candidates[1].title, "t");
}

TEST(UrlList, SaysWhatIsWrongWithJson) {
  EXPECT_NE(
      message_of([] { parse_json_list("[{\"url\": ", "l.json"); }).find("'l.json' is not JSON: parse error at line 1"),
      std::string::npos);
  EXPECT_NE(message_of([] { parse_json_list("{}", "l.json"); }).find("expected an array"), std::string::npos);
  const auto items = parse_json_list(R"([{}, {"url": 3}, 5, "http://a.org/1"])", "l.json").listing;
  EXPECT_EQ(items.candidates.size(), 1U);
  ASSERT_EQ(items.passed_over.size(), 3U);
  EXPECT_NE(items.passed_over[0].reason.find("item 1: has no 'url'"), std::string::npos);
  EXPECT_NE(items.passed_over[1].reason.find("'url' is of type number"), std::string::npos);
  const auto lines =
      parse_json_lines("{\"url\": \"http://a.org/1\"}\n{\"url\": \n\"http://a.org/2\"\n", "l.jsonl").listing;
  EXPECT_EQ(lines.candidates.size(), 2U);
  ASSERT_EQ(lines.passed_over.size(), 1U);
  EXPECT_NE(lines.passed_over[0].reason.find("'l.jsonl' line 2 is not JSON: parse error at column"), std::string::npos)
      << lines.passed_over[0].reason;
}

TEST(UrlList, IsRecognisedByItsSuffix) {
  EXPECT_TRUE(is_url_list("a/links.TXT"));
  EXPECT_TRUE(is_url_list("links.jsonl"));
  EXPECT_FALSE(is_url_list("http://a.org/links.txt"));
  EXPECT_FALSE(is_url_list("danbooru:a"));
}

}  // namespace
}  // namespace genga::fetch
