// XMP packets as text.
#include "image/metadata/xmp.h"

#include <gtest/gtest.h>

namespace genga::image {
namespace {

constexpr Geometry kTurned{.photo_width = 40, .photo_height = 30, .width = 20, .height = 15, .turned = true};

std::string clean(const std::string& packet) {
  return clean_xmp(packet, kTurned);
}

TEST(Xmp, LineEndsInAttributesAreNoSpaces) {
  EXPECT_EQ(clean("<d photoshop:Headline='one&#xA;two&#9;three'/>"),
            "<d photoshop:Headline=\"one&#10;two&#9;three\"/>");
  EXPECT_EQ(clean("<d>one&#xD;two\nthree</d>"), "<d>one&#13;two\nthree</d>");
}

TEST(Xmp, ANumberInPiecesIsOneNumber) {
  const std::string one = "<tiff:Orientation>1</tiff:Orientation>";
  EXPECT_EQ(clean("<tiff:Orientation>6</tiff:Orientation>"), one);
  EXPECT_EQ(clean("<tiff:Orientation><!-- turned -->6</tiff:Orientation>"), one);
  EXPECT_EQ(clean("<tiff:Orientation><![CDATA[6]]><!-- turned --> </tiff:Orientation>"), one);
}

TEST(Xmp, NoWordsAreNoElement) {
  EXPECT_EQ(clean("<d><![CDATA[]]></d>"), "<d/>");
}

}  // namespace
}  // namespace genga::image
