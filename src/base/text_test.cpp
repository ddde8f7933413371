// Tests of text helpers with difficult bytes: UTF-8, NUL, white space only.
#include "genga/text.h"

#include <gtest/gtest.h>

namespace genga {
namespace {

using std::string_view_literals::operator""sv;

std::string base64_of(std::string_view text) {
  return base64(std::as_bytes(std::span(text)));
}

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(to_lower("A-Z[Ä原"), "a-z[Ä原");
}

TEST(Text, TrimsBothEnds) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("原画"));
  EXPECT_TRUE(is_utf8("a\0b"sv));
  EXPECT_TRUE(is_utf8(""));
  EXPECT_FALSE(is_utf8("\xE5\x8E"));
  EXPECT_FALSE(is_utf8("a\0\xFF"sv));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));  // a surrogate
}

TEST(Text, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(to_utf8("a\xFF\xFE原"), "a\xEF\xBF\xBD\xEF\xBF\xBD原");
  EXPECT_EQ(to_utf8("a\0b"sv), "a\0b"sv);
}

TEST(Text, EncodesBase64AsRfc4648) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\xFB\xFF"), "+/8=");
}

TEST(Text, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ(escape_html("<a href=\"x&y\">"), "&lt;a href=&quot;x&amp;y&quot;&gt;");
}

}  // namespace
}  // namespace genga
