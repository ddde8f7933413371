// EXIF as no camera writes it.
#include "image/exif.h"

#include <gtest/gtest.h>

#include "image/test_metadata.h"

namespace genga::image {
namespace {

// A thumbnail of 200,000 strips that all are the second half of the block: wiping each took minutes.
TEST(Exif, StripsThatShareTheirBytesAreBroken) {
  constexpr std::size_t kHalf = 1 << 20, kStrips = 200'000;
  ExifBytes made(false);
  std::string places;
  for (std::size_t i = 0; i < kStrips; ++i) places += made.number(kHalf, 4);
  const std::size_t at = made.add(places);
  const ExifBytes::Value list{4, made.number(at, 4), kStrips};
  const std::size_t thumbnail = made.add({{0x111, list}, {0x117, list}});
  const std::size_t main = made.add({{0x10e, made.text("sea")}}, thumbnail);
  made.add(std::string(2 * kHalf, 'x'));
  const std::string block = made.finish(main);
  const std::span bytes(reinterpret_cast<const unsigned char*>(block.data()), block.size());
  EXPECT_FALSE(clean_exif(bytes, true).has_value());
}

}  // namespace
}  // namespace genga::image
