// What is taken out of metadata on request, and what stays.
#include "image/private_fields.h"

#include <gtest/gtest.h>

namespace genga::image {
namespace {

TEST(WithoutPlaces, TakesAttributesOut) {
  EXPECT_EQ(without_places("<?xpacket begin='' id='GPS'?><rdf:Description xmlns:exif='http://x/gps' "
                           "exif:GPSLatitude=\"52,30N\" dc:title='a > b'\n exif:GPSLongitude = '13,2E'/>"),
            "<?xpacket begin='' id='GPS'?><rdf:Description xmlns:exif='http://x/gps' dc:title='a > b'/>");
  EXPECT_EQ(without_places("<d drone-dji:GpsLatitude=\"52\" drone-dji:Longitude='1' a='b'>x</d>"), "<d a='b'>x</d>");
}

TEST(WithoutPlaces, TakesElementsOut) {
  EXPECT_EQ(without_places("<d><exif:GPSLatitude>52,30N</exif:GPSLatitude><a>Berlin, GPS</a><exif:GPSAltitude/>"
                           "<exif:GPSDest><rdf:li>1</rdf:li></exif:GPSDest></d>"),
            "<d><a>Berlin, GPS</a></d>");
}

TEST(WithoutPlaces, SurvivesBrokenXml) {
  for (const std::string xmp : {"<", "<a", "<a b", "<a b=", "<a b='", "<exif:GPS>", "<exif:GPS", "</", "a<b c='<"}) {
    EXPECT_LE(without_places(xmp).size(), xmp.size()) << xmp;
  }
}

std::string block(char low, const std::string& data) {
  std::string text = "8BIM\x04";
  text += low;
  text += std::string("\0\0\0\0\0", 5) + static_cast<char>(data.size()) + data;
  return data.size() % 2 == 0 ? text : text + '\0';
}

TEST(WithoutCopies, LeavesOtherBlocksWhole) {
  const std::string start("Photoshop 3.0\0", 14);
  const std::string words = block('\x04', "caption"), exif = block('\x22', "Exif"), xmp = block('\x24', "<x>");
  EXPECT_EQ(without_copies(start + exif + words + xmp), start + words);
  EXPECT_EQ(without_copies("no blocks"), "no blocks");
  EXPECT_EQ(without_copies("8BIM"), "8BIM");
  EXPECT_EQ(without_copies(words + "8BIM\x04"), words + "8BIM\x04");
}

}  // namespace
}  // namespace genga::image
