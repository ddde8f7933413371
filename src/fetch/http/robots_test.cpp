// robots.txt: groups, the longest match, wildcards, escapes, odd lines.
#include "fetch/http/robots.h"

#include <gtest/gtest.h>

namespace genga::fetch {
namespace {

bool allows(const char* text, const char* path) {
  return parse_robots(text, "genga").allows(path);
}

TEST(Robots, AllowsAllWithoutRules) {
  EXPECT_TRUE(allows("", "/a"));
  EXPECT_TRUE(allows("<!DOCTYPE html><html>not found</html>", "/a"));
  EXPECT_TRUE(allows("User-agent: *\nDisallow:\n", "/a"));
  EXPECT_TRUE(allows("Disallow: /\n", "/a")) << "a rule outside of a group means nobody";
}

TEST(Robots, TakesTheGroupThatNamesUsAndNoOther) {
  const char* text = "User-agent: *\nDisallow: /\n\nUser-Agent: Genga/1.0\nDisallow: /private\n";
  EXPECT_TRUE(allows(text, "/a"));
  EXPECT_FALSE(allows(text, "/private/a"));
  EXPECT_FALSE(allows("User-agent: gengabot\nDisallow: /x\nUser-agent: *\nDisallow: /y\n", "/y"));
  EXPECT_TRUE(allows("User-agent: gengabot\nDisallow: /x\n", "/x"));
}

TEST(Robots, JoinsGroupsOfOneName) {
  const char* text =
      "user-agent: a\nuser-agent: genga\ndisallow: /1\nuser-agent: b\ndisallow: /2\n"
      "user-agent: GENGA\ndisallow: /3\n";
  EXPECT_FALSE(allows(text, "/1"));
  EXPECT_TRUE(allows(text, "/2"));
  EXPECT_FALSE(allows(text, "/3"));
}

TEST(Robots, TheLongestMatchDecidesAndAllowWinsTies) {
  const char* text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /t\nDisallow: /t\n";
  EXPECT_FALSE(allows(text, "/a/x"));
  EXPECT_TRUE(allows(text, "/a/b/x"));
  EXPECT_FALSE(allows(text, "/a/b/c"));
  EXPECT_TRUE(allows(text, "/t/1"));
}

TEST(Robots, UnderstandsStarsAndEnds) {
  const char* text =
      "User-agent: *\r\nDisallow: /*.gif$\r\nDisallow: /*/tmp/\r\nDisallow: /end$\r\nDisallow: *session=\r\n";
  EXPECT_FALSE(allows(text, "/x/a.gif"));
  EXPECT_TRUE(allows(text, "/x/a.gif?b"));
  EXPECT_FALSE(allows(text, "/x/tmp/y"));
  EXPECT_TRUE(allows(text, "/tmp"));
  EXPECT_FALSE(allows(text, "/end"));
  EXPECT_TRUE(allows(text, "/ending"));
  EXPECT_FALSE(allows(text, "/a?session=1"));
  EXPECT_FALSE(allows("User-agent: *\nDisallow: /*a*b*c$\n", "/xaxbxbxcxc"));
  EXPECT_TRUE(allows("User-agent: *\nDisallow: /*a*b*c$\n", "/xaxbxbxcxd"));
}

TEST(Robots, ComparesEscapesByWhatTheyMean) {
  EXPECT_FALSE(allows("User-agent: *\nDisallow: /%7Ejoe/\n", "/~joe/a"));
  EXPECT_FALSE(allows("User-agent: *\nDisallow: /caf\xc3\xa9\n", "/caf%c3%a9"));
  EXPECT_TRUE(allows("User-agent: *\nDisallow: /a%2fb\n", "/a/b"));
}

TEST(Robots, ItselfMayAlwaysBeRead) {
  EXPECT_TRUE(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST(Robots, ReadsTheDelayCommentsAndOddLines) {
  const auto rules =
      parse_robots("\xef\xbb\xbfUser-agent: * # all\nwhat\nCrawl-delay: 2.5\nDisallow : /b # no\n", "genga");
  ASSERT_TRUE(rules.crawl_delay_s);
  EXPECT_DOUBLE_EQ(*rules.crawl_delay_s, 2.5);
  EXPECT_FALSE(rules.allows("/b"));
  EXPECT_FALSE(parse_robots("User-agent: *\nCrawl-delay: soon\n", "genga").crawl_delay_s);
}

TEST(Robots, ASitemapDoesNotEndAGroup) {
  EXPECT_FALSE(allows("User-agent: genga\nSitemap: http://a/s.xml\nUser-agent: x\nDisallow: /a\n", "/a"));
}

}  // namespace
}  // namespace genga::fetch
