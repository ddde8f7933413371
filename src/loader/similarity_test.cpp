// Tests of the comparison of crops.
#include "loader/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace genga::loader {
namespace {

constexpr int kSide = 32;

template <class Color>
image::Image draw(const Color& color) {
  image::Image image{kSide, kSide, {}};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      for (const int value : color(x, y)) image.rgb.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return image;
}

using Rgb = std::array<int, 3>;

/// Light above, dark below; `busy`: with stripes as fine as pixels.
image::Image landscape(int above, int below, bool busy) {
  return draw([=](int x, int y) {
    const int light = (y < kSide / 2 ? above : below) + (busy && x % 2 == 0 ? 40 : 0);
    return Rgb{light, light, light};
  });
}

double apart(const image::Image& a, const image::Image& b) {
  return distance(similarity_of(a), similarity_of(b));
}

TEST(Similarity, IsNoDistanceToItselfAndTheSameBothWays) {
  const image::Image a = landscape(200, 60, false), b = landscape(60, 200, true);
  EXPECT_EQ(apart(a, a), 0);
  EXPECT_GT(apart(a, b), 0);
  EXPECT_EQ(apart(a, b), apart(b, a));
}

TEST(Similarity, SeesWhereItIsLight) {
  const image::Image photo = landscape(200, 60, false);
  EXPECT_LT(apart(photo, landscape(180, 80, false)), apart(photo, landscape(60, 200, false)));
}

TEST(Similarity, SeesDetail) {
  const image::Image foliage = landscape(100, 100, true), sky = landscape(120, 120, false);
  EXPECT_LT(apart(foliage, landscape(90, 90, true)), apart(foliage, sky));
}

TEST(Similarity, SeesColor) {
  const auto plain = [](Rgb rgb) { return draw([=](int, int) { return rgb; }); };
  const image::Image blue = plain({80, 100, 200});
  EXPECT_LT(apart(blue, plain({80, 110, 180})), apart(blue, plain({150, 100, 50})));
}

}  // namespace
}  // namespace genga::loader
