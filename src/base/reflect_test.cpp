// Mirrored positions against their definition: step by step, turning around at each border.
#include "genga/reflect.h"

#include <gtest/gtest.h>

#include <vector>

namespace genga {
namespace {

/// reflect() of low..high in an image of n pixels.
std::vector<int> positions(int (*mirror)(int, int), int low, int high, int n) {
  std::vector<int> result;
  for (int i = low; i <= high; ++i) result.push_back(mirror(i, n));
  return result;
}

TEST(Reflect, DoesNotRepeatTheEdge) {
  EXPECT_EQ(positions(&reflect<int>, -5, 7, 4), (std::vector{1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1}));
  EXPECT_EQ(positions(&reflect<int>, -3, 3, 2), (std::vector{1, 0, 1, 0, 1, 0, 1}));
}

TEST(Reflect, RepeatsTheEdgeWhereAsked) {
  EXPECT_EQ(positions(&reflect_with_edge<int>, -5, 7, 3), (std::vector{1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1}));
}

TEST(Reflect, OfOnePixelIsThatPixel) {
  EXPECT_EQ(positions(&reflect<int>, -2, 2, 1), (std::vector(5, 0)));
  EXPECT_EQ(positions(&reflect_with_edge<int>, -2, 2, 1), (std::vector(5, 0)));
}

}  // namespace
}  // namespace genga
