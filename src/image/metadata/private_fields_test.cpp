// What is taken out of metadata on request, and what stays.
#include "image/metadata/private_fields.h"

#include <gtest/gtest.h>

#include "image/metadata/photoshop.h"

namespace genga::image {
namespace {

TEST(WithoutPlaces, TakesAttributesOut) {
  EXPECT_EQ(without_places("<?xpacket begin='' id='GPS'?><rdf:Description xmlns:exif='http://x/gps' "
                           "exif:GPSLatitude=\"52,30N\" dc:title='a > b'\n exif:GPSLongitude = '13,2E'/>"),
            "<?xpacket begin='' id='GPS'?><rdf:Description xmlns:exif=\"http://x/gps\" dc:title=\"a &gt; b\"/>");
  EXPECT_EQ(without_places("<d drone-dji:GpsLatitude=\"52\" drone-dji:Longitude='1' a='b'>x</d>"), "<d a=\"b\">x</d>");
}

TEST(WithoutPlaces, TakesElementsOut) {
  EXPECT_EQ(without_places("<d><exif:GPSLatitude>52,30N</exif:GPSLatitude><a>Berlin, GPS</a><exif:GPSAltitude/>"
                           "<exif:GPSDest><rdf:li>1</rdf:li></exif:GPSDest></d>"),
            "<d><a>Berlin, GPS</a></d>");
}

TEST(WithoutPlaces, TakesElementsWithinTheirLikeOut) {
  EXPECT_EQ(without_places("<d><x:Location>a<x:Location>b</x:Location>c</x:Location><e/></d>"), "<d><e/></d>");
}

// It cannot be known what is in it.
TEST(WithoutPlaces, LeavesBrokenXmlOut) {
  for (const char* xmp : {"<", "<a", "<a b", "<a b=", "<a b='", "<exif:GPS>", "<exif:GPS", "</", "a<b c='<"}) {
    EXPECT_EQ(without_places(xmp), "") << xmp;
  }
}

TEST(WithoutPlaces, TakesNamesOfPlacesOut) {
  EXPECT_EQ(without_places("<d photoshop:City='Berlin' photoshop:Credit='Anna' Iptc4xmpCore:Location='Mitte'>"
                           "<Iptc4xmpExt:LocationCreated><rdf:li x:City='B'/></Iptc4xmpExt:LocationCreated></d>"),
            "<d photoshop:Credit=\"Anna\"/>");
}

TEST(WithoutPlaces, TakesIptcsPlacesOut) {
  const auto record = [](char dataset, const std::string& text) {
    return std::string("\x1c\x02") + dataset + '\0' + static_cast<char>(text.size()) + text;
  };
  EXPECT_EQ(without_iptc_places(record(120, "caption") + record(90, "Berlin") + record(92, "Mitte")),
            record(120, "caption"));
}

}  // namespace
}  // namespace genga::image
