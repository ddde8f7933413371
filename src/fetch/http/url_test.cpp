// Addresses, proxies, waiting times and media types: what needs no server. Requests are tested in
// tests/cli/data_fetch_test.py.
#include "fetch/http/url.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "fetch/http/address.h"
#include "fetch/http/media_type.h"
#include "fetch/http/pacing.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

std::string normal(const char* text) {
  return parse_url(text).text;
}

ErrorCode refusal(const char* text) {
  try {
    parse_url(text);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(Url, HasOneSpellingForOneAddress) {
  EXPECT_EQ(normal("HTTP://Example.ORG:80/a/../b#c"), "http://example.org/b");
  EXPECT_EQ(normal("https://a.org:443"), "https://a.org/");
  EXPECT_EQ(normal(" https://a.org/x y\n"), "https://a.org/x%20y");
  EXPECT_EQ(normal("https://a.org:8443/?q=1"), "https://a.org:8443/?q=1");
  EXPECT_EQ(normal("http://a.org/\xc3\xa9"), "http://a.org/%c3%a9");
}

TEST(Url, RefusesOtherSchemesAndNonsense) {
  EXPECT_EQ(refusal("file:///etc/passwd"), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("ftp://a.org/b"), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("javascript:alert(1)"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal(""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("images/a.jpg"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("http://"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("http://a b/"), ErrorCode::kInvalidArgument);
}

TEST(Url, ResolvesWhatPagesWrite) {
  const Url base = parse_url("https://a.org/x/y.html?q=1");
  EXPECT_EQ(resolve(base, "z.png").text, "https://a.org/x/z.png");
  EXPECT_EQ(resolve(base, "/z.png").text, "https://a.org/z.png");
  EXPECT_EQ(resolve(base, "//b.org/z.png").text, "https://b.org/z.png");
  EXPECT_EQ(resolve(base, "?q=2").text, "https://a.org/x/y.html?q=2");
  EXPECT_EQ(resolve(base, "../a b.png").text, "https://a.org/a%20b.png");
  EXPECT_FALSE(try_resolve(base, "data:image/png;base64,AAAA"));
  EXPECT_FALSE(try_resolve(base, "file:///etc/passwd"));
}

TEST(Url, OriginTellsHostsAndPortsApart) {
  EXPECT_EQ(parse_url("https://a.org/x").origin(), "https://a.org:443");
  EXPECT_NE(parse_url("http://a.org/").origin(), parse_url("http://a.org:8080/").origin());
}

TEST(Url, ShowsNoSecrets) {
  EXPECT_EQ(shown_url("https://joe:pw@a.org/x?a=1"), "https://a.org/x?a=1");
  EXPECT_EQ(shown_url("https://a.org/p.json?tags=b&api_key=123&login=joe"),
            "https://a.org/p.json?tags=b&api_key=***&login=***");
  EXPECT_EQ(shown_url("https://a.org/?Token=x"), "https://a.org/?Token=***");
  EXPECT_EQ(shown_url("https://a.org/x?e=a@b"), "https://a.org/x?e=a@b");
}

TEST(Url, DecodesEscapes) {
  EXPECT_EQ(percent_decode("a%20b%2"), "a b%2");
  EXPECT_EQ(percent_decode("%zz%e3%81%82"), "%zz\xe3\x81\x82");
}

bool is_public(const char* text) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &in.sin_addr) == 1) return is_public_address(reinterpret_cast<const sockaddr*>(&in));
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text, &in6.sin6_addr), 1) << text;
  return is_public_address(reinterpret_cast<const sockaddr*>(&in6));
}

TEST(Address, OfThisMachineAndItsNeighboursIsNotPublic) {
  for (const char* text :
       {"127.0.0.1",       "127.255.0.9",      "0.0.0.0",       "10.1.2.3",        "172.16.0.1",   "172.31.255.255",
        "192.168.1.1",     "169.254.169.254",  "100.64.0.1",    "100.127.255.255", "224.0.0.1",    "239.1.1.1",
        "255.255.255.255", "240.0.0.1",        "192.0.2.1",     "198.18.0.1",      "::",           "::1",
        "::ffff:8.8.8.8",  "::ffff:127.0.0.1", "fe80::1",       "fc00::1",         "fd12::1",      "ff02::1",
        "2001:db8::1",     "2001::1",          "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "::8.8.8.8",
        "3fff::1"}) {
    EXPECT_FALSE(is_public(text)) << text;
  }
}

TEST(Address, OfTheWorldIsPublic) {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.169.0.1",
                           "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public(text)) << text;
  }
}

TEST(Address, KnowsPrivateNames) {
  EXPECT_TRUE(has_private_address("127.0.0.1"));
  EXPECT_TRUE(has_private_address("[::1]"));
  EXPECT_TRUE(has_private_address("localhost"));
  EXPECT_FALSE(has_private_address("8.8.8.8"));
}

TEST(Proxy, ComesFromTheEnvironmentWithExceptions) {
  setenv("http_proxy", "http://proxy:3128", 1);
  setenv("no_proxy", "a.org,.b.org", 1);
  EXPECT_EQ(proxy_from_environment("http", "c.org"), "http://proxy:3128");
  EXPECT_EQ(proxy_from_environment("http", "a.org"), "");
  EXPECT_EQ(proxy_from_environment("http", "x.a.org"), "");
  EXPECT_EQ(proxy_from_environment("http", "x.b.org"), "");
  EXPECT_EQ(proxy_from_environment("http", "aa.org"), "http://proxy:3128");
  setenv("no_proxy", "*", 1);
  EXPECT_EQ(proxy_from_environment("http", "c.org"), "");
  unsetenv("http_proxy");
  unsetenv("no_proxy");
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(parse_retry_after("120", 0), 120.0);
  EXPECT_EQ(parse_retry_after("-5", 0), 0.0);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 - 30), 30.0);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 + 30), 0.0);
  EXPECT_FALSE(parse_retry_after("", 0));
  EXPECT_FALSE(parse_retry_after("soon", 0));
  EXPECT_FALSE(parse_retry_after("inf", 0));
}

TEST(BackOff, DoublesAndDependsOnTheAddressOnly) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    const double wait = back_off_seconds(2, attempt, "http://a.org/1");
    EXPECT_EQ(wait, back_off_seconds(2, attempt, "http://a.org/1"));
    EXPECT_GE(wait, 1.5 * (1 << attempt));
    EXPECT_LE(wait, 2.5 * (1 << attempt));
  }
  EXPECT_NE(back_off_seconds(2, 0, "http://a.org/1"), back_off_seconds(2, 0, "http://a.org/2"));
}

TEST(MediaType, IsComparedGenerouslyWhereServersAreSloppy) {
  EXPECT_EQ(media_type("Image/JPEG; q=1"), "image/jpeg");
  EXPECT_TRUE(type_fits("image/", "image/png"));
  EXPECT_TRUE(type_fits("image/", ""));
  EXPECT_TRUE(type_fits("image/", "application/octet-stream"));
  EXPECT_TRUE(type_fits("image/", "text/html"));  // the bytes decide
  EXPECT_TRUE(type_fits("application/json", "application/hal+json"));
  EXPECT_FALSE(type_fits("application/json", "text/html"));
}

TEST(MediaType, SeesTextBehindAnImagesName) {
  EXPECT_EQ(no_image("  <!DOCTYPE HTML><title>", "image/png"), "a web page");
  EXPECT_EQ(no_image("\xef\xbb\xbf<?xml version='1.0'?><svg", "image/png"), "an SVG drawing");
  EXPECT_EQ(no_image("{\"error\":1}", "image/png"), "JSON");
  EXPECT_EQ(no_image(" ", "image/png"), "nothing");
  EXPECT_EQ(no_image("\x89PNG\r\n", "text/html"), "");
  EXPECT_EQ(no_image("\x89PNG\r\n", "video/mp4"), "");
}

TEST(MediaType, TellsImagesFromVideosByTheirBytes) {
  for (const char* type : {"image/png", "video/mp4", "application/octet-stream", ""}) {
    for (const char* video :
         {"....ftypisom", "....ftypmp42", "RIFF....AVI LIST", "RIFF....WAVEfmt", "\x1a\x45\xdf\xa3"}) {
      EXPECT_EQ(no_image(video, type), "a video or sound") << video << type;
    }
    for (const char* image :
         {"RIFF....WEBPVP8", "....ftypavif", "....ftypheic", "....ftypmif1", "GIF89a", "\xff\xd8\xff"}) {
      EXPECT_EQ(no_image(image, type), "") << image << type;
    }
  }
  EXPECT_EQ(no_image("BM??????????????", "text/plain"), "");  // decoding will say
  EXPECT_EQ(no_image("????????????????", "video/mp4"), "a video or sound");
}

}  // namespace
}  // namespace genga::fetch
