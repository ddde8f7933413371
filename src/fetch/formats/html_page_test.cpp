// Images, links and licences of small pages, and pages that are broken on purpose.
#include "fetch/formats/html_page.h"

#include <gtest/gtest.h>

#include <chrono>

#include "fetch/formats/html_text.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

PageContent read(const std::string& html) {
  return read_page(html, parse_url("https://a.org/x/page.html"));
}

std::vector<std::string> urls(const std::string& html) {
  std::vector<std::string> list;
  for (const auto& image : read(html).images) list.push_back(image.url);
  return list;
}

using Words = std::vector<std::string>;

std::string largest(const char* srcset) {
  double width = 0;
  return largest_of_srcset(srcset, width);
}

TEST(Srcset, GivesTheLargest) {
  EXPECT_EQ(largest("a.jpg 320w, b.jpg 1280w, c.jpg 640w"), "b.jpg");
  EXPECT_EQ(largest("a.jpg, b.jpg 2x"), "b.jpg");
  EXPECT_EQ(largest("  a.jpg  "), "a.jpg");
  EXPECT_EQ(largest("a,b.jpg 1.5x,c.jpg 3x"), "c.jpg");
  EXPECT_EQ(largest("w_1,h_2/a.jpg 10w,"), "w_1,h_2/a.jpg");
  EXPECT_EQ(largest(" , ,"), "");
  double width = 0;
  largest_of_srcset("a 320w, b 640w", width);
  EXPECT_EQ(width, 640);
}

TEST(HtmlPage, FindsImagesInEveryForm) {
  EXPECT_EQ(urls(R"(<img src="1.png" alt="one"><IMG SRC=/2.png>)"),
            (Words{"https://a.org/x/1.png", "https://a.org/2.png"}));
  EXPECT_EQ(urls(R"(<img src="s.jpg" srcset="m.jpg 640w, l.jpg 1280w">)"), Words{"https://a.org/x/l.jpg"});
  EXPECT_EQ(urls(R"(<img src="data:image/gif;base64,R0" data-src="real.jpg">)"), Words{"https://a.org/x/real.jpg"});
  EXPECT_EQ(urls(R"(<picture><source srcset="a.webp 400w, b.webp 800w"><img src="c.jpg"></picture>)"),
            Words{"https://a.org/x/b.webp"});
  EXPECT_EQ(urls(R"(<a href="big.jpg"><img src="thumb.jpg"></a>)"), Words{"https://a.org/x/big.jpg"});
  EXPECT_EQ(urls(R"(<head><meta property="og:image" content="https://b.org/o.jpg"></head><img src=1.png>)"),
            (Words{"https://a.org/x/1.png", "https://b.org/o.jpg"}));
}

TEST(HtmlPage, ObeysTheBase) {
  EXPECT_EQ(urls(R"(<head><base href="https://c.org/y/"></head><img src="1.png">)"), Words{"https://c.org/y/1.png"});
}

TEST(HtmlPage, NamesAnImageOnce) {
  EXPECT_EQ(urls(R"(<img src="1.png"><img src="./1.png#top"><noscript><img src=1.png></noscript>)").size(), 1U);
}

TEST(HtmlPage, FindsLinksAndTheNextPage) {
  const auto page = read(R"(<head><link rel="next" href="?p=2"></head><a href="b.html">b</a><a href="b.html#c">b</a>
    <a href="mailto:x@y">m</a><a rel="nofollow" href="c.html">c</a><a href="">self</a><area href="d.html">)");
  EXPECT_EQ(page.links, (Words{"https://a.org/x/b.html", "https://a.org/x/d.html"}));
  EXPECT_EQ(page.next, "https://a.org/x/page.html?p=2");
}

TEST(HtmlPage, ReadsTheLicence) {
  const auto page = read(R"(<head><title> T </title><meta name="author" content="A. Painter"></head>
    <a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC</a><img src=1.png>)");
  EXPECT_EQ(page.licence, "CC-BY-4.0");
  EXPECT_EQ(page.author, "A. Painter");
  EXPECT_EQ(page.title, "T");
  EXPECT_EQ(read(R"(<link rel="license" href="/terms">)").licence, "https://a.org/terms");
}

TEST(HtmlPage, OfSeveralLicencesTakesNone) {
  EXPECT_EQ(read(R"(<a rel=license href="https://creativecommons.org/licenses/by/4.0/">1</a>
    <a rel=license href="https://creativecommons.org/licenses/by-nc/4.0/">2</a>)")
                .licence,
            "");
}

TEST(HtmlPage, ObeysRobotsMetaTags) {
  const auto page =
      read(R"(<head><meta name="ROBOTS" content="NoImageIndex, NoFollow"></head><img src=1.png><a href=b>b</a>)");
  EXPECT_TRUE(page.images.empty());
  EXPECT_TRUE(page.links.empty());
}

TEST(HtmlPage, SurvivesSoup) {
  std::string deep;
  for (int i = 0; i < 20000; ++i) deep += "<div>";
  read(deep + "<img src=1.png>");
  EXPECT_TRUE(urls("").empty());
  EXPECT_TRUE(urls(std::string("\0\xff<<<>", 7)).empty());
  EXPECT_EQ(urls("<p><img src='1.png'").size(), 1U);
}

TEST(HtmlPage, LooksForNoImagesInScripts) {
  EXPECT_TRUE(urls("<script>document.write('<img src=1.png>')</script>").empty());
}

/// " a0 a1 a2 ...": as many attributes, all different.
std::string attributes(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += fmt::format(" a{}", i);
  return text;
}

/// The sentence, which must come at once: libxml2 takes half a minute for 50000 attributes of one tag.
std::string refusal(const std::string& html) {
  const auto begin = std::chrono::steady_clock::now();
  std::string sentence;
  try {
    read(html);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    sentence = error.what();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  return sentence;
}

TEST(HtmlPage, OfThousandsOfAttributesIsRefusedAtOnce) {
  const std::string sentence =
      "'https://a.org/x/page.html': the HTML is broken: a tag of more than 350 attributes, or more than 20000 names";
  EXPECT_EQ(refusal("<img src=1.png><a" + attributes(100000) + ">"), sentence);
  EXPECT_EQ(refusal("<p x='>' " + attributes(100000)), sentence);
  EXPECT_EQ(refusal("<p" + attributes(500) + ">"), sentence);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "<p" + attributes(5000) + ">";
  EXPECT_EQ(refusal(many), sentence);
  many.clear();
  for (int i = 0; i < 1000000; ++i) many += fmt::format("</a{}>", i);  // each takes longer than the one before
  EXPECT_EQ(refusal(many), sentence);
  EXPECT_THROW(html_to_text("<b" + attributes(100000) + ">x</b>"), Error);
}

TEST(HtmlPage, MayHaveManyAttributesInAll) {
  std::string html = "<img" + attributes(350) + " src=1.png>";
  for (int i = 0; i < 2000; ++i) html += fmt::format("<p a{}=1>", i);
  EXPECT_EQ(urls(html), Words{"https://a.org/x/1.png"});
}

TEST(HtmlPage, CountsNoAttributesInScriptsCommentsAndValues) {
  const std::string words = "<b" + attributes(5000);
  EXPECT_EQ(urls("<script>if (a" + words + ")</script><style>" + words + "</style><!-- " + words + " --><p title=\"" +
                 words + "\">a" + attributes(5000) + "<img src=1.png>"),
            Words{"https://a.org/x/1.png"});
}

TEST(HtmlPage, IsReadInItsEncoding) {
  const std::string filling = "<style>" + std::string(10000, ' ') + "</style>";
  EXPECT_EQ(read("<title>\xe7\xb5\xb5</title>" + filling + "<meta charset=utf-8>").title, "\xe7\xb5\xb5");
  EXPECT_EQ(read("<meta charset=shift_jis>" + filling + "<title>\x8a\x47</title>").title, "\xe7\xb5\xb5");
  EXPECT_EQ(read("<title>\xe9</title>").title, "\xc3\xa9");
  EXPECT_EQ(read("<title>&eacute;</title>").title, "\xc3\xa9");
}

}  // namespace
}  // namespace genga::fetch
