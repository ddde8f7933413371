// File names of fetched images.
#include "fetch/image_name.h"

#include <gtest/gtest.h>

#include "fetch/http/checksum.h"

namespace genga::fetch {
namespace {

TEST(ImageName, IsSafeOnEverySystem) {
  EXPECT_EQ(safe_name("../../etc/passwd"), "etc_passwd");
  EXPECT_EQ(safe_name(".hidden"), "hidden");
  EXPECT_EQ(safe_name("-rf"), "rf");
  EXPECT_EQ(safe_name("a  b:c?.jpg."), "a_b_c_.jpg");
  EXPECT_EQ(safe_name("a\nb\x1b[31m"), "a_b_[31m");
  EXPECT_EQ(safe_name(""), "image");
  EXPECT_EQ(safe_name("..."), "image");
}

TEST(ImageName, KeepsLettersOfAllLanguagesWhole) {
  EXPECT_EQ(safe_name("\xe3\x81\x82"), "\xe3\x81\x82");
  EXPECT_EQ(safe_name("a\xff\xe3\x81"), "a");  // broken UTF-8
  std::string longer;
  for (int i = 0; i < 50; ++i) longer += "\xe3\x81\x82";
  EXPECT_EQ(safe_name(longer).size(), 99U);
}

TEST(ImageName, ComesFromTheAddressWithItsHash) {
  const std::string name = image_name({.url = "http://a.org/x/sea%20side.jpg?w=1"});
  EXPECT_EQ(name.substr(0, 9), "sea_side-");
  EXPECT_EQ(name.size(), 9U + 8);
  EXPECT_EQ(name, image_name({.url = "http://a.org/x/sea%20side.jpg?w=1"}));
  EXPECT_NE(name, image_name({.url = "http://b.org/x/sea%20side.jpg?w=1"}));
  EXPECT_EQ(image_name({.url = "http://a.org/"}).substr(0, 6), "image-");
  EXPECT_EQ(image_name({.url = "http://a.org/1.jpg", .name = "danbooru_1"}), "danbooru_1");
}

TEST(Checksum, IsTheOneThatToolsPrint) {
  const std::string text = "abc";
  EXPECT_EQ(md5_of(std::as_bytes(std::span(text))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(sha1_of(std::as_bytes(std::span(text))), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

}  // namespace
}  // namespace genga::fetch
