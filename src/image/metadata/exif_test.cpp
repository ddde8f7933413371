// EXIF as no camera writes it.
#include "image/metadata/exif.h"

#include <gtest/gtest.h>

#include "image/metadata/test_metadata.h"

namespace genga::image {
namespace {

/// A block with a thumbnail of n strips, each of which is its whole second half.
bool is_clean(std::size_t n_strips) {
  constexpr std::size_t kHalf = 1 << 20;
  ExifBytes made(false);
  std::string places;
  for (std::size_t i = 0; i < n_strips; ++i) places += made.number(kHalf, 4);
  const std::size_t at = made.add(places);
  const ExifBytes::Value list{4, made.number(at, 4), n_strips};
  const std::size_t thumbnail = made.add({{0x111, list}, {0x117, list}});
  const std::size_t main = made.add({{0x10e, made.text("sea")}}, thumbnail);
  made.add(std::string(2 * kHalf, 'x'));
  const std::string block = made.finish(main);
  const std::span bytes(reinterpret_cast<const unsigned char*>(block.data()), block.size());
  return clean_exif(bytes, true).has_value();
}

// Wiping each of them took time by their number times the block's size.
TEST(Exif, StripsThatShareTheirBytesAreBroken) {
  EXPECT_TRUE(is_clean(4));
  EXPECT_FALSE(is_clean(200'000));
}

}  // namespace
}  // namespace genga::image
