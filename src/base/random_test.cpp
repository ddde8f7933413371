// Random numbers against published vectors and against their distribution.
#include "genga/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace genga {
namespace {

TEST(Rng, GivesThePublishedPhiloxNumbers) {  // Random123's kat_vectors: philox4x32 10, all zero
  Rng rng(0, 0);
  for (const std::uint32_t word : {0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}) EXPECT_EQ(rng.next(), word);
}

TEST(StableHash, GivesThePublishedFnvNumbers) {  // Fowler, Noll, Vo: fnv1a_64 of "", "a", "foobar"
  EXPECT_EQ(stable_hash(""), 0xcbf29ce484222325U);
  EXPECT_EQ(stable_hash("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(stable_hash("foobar"), 0x85944171f73967e8U);
}

TEST(Rng, NormalNumbersAreTheQuantilesOfTheUniformOnes) {
  Rng uniform(5, 1), normal(5, 1);
  double widest = 0;
  for (int i = 0; i < 20000; ++i) {
    const double u = uniform.uniform() + 0x1p-33, z = normal.normal();
    // The smaller tail, where the comparison is sharp.
    const double tail = std::erfc(std::abs(z) / std::sqrt(2.0)) / 2;
    EXPECT_NEAR(tail / std::min(u, 1 - u), 1, 1e-12) << i;
    EXPECT_EQ(z < 0, u < 0.5) << i;
    widest = std::max(widest, std::abs(z));
  }
  EXPECT_GT(widest, 3.5);  // both ranges of the approximation were used
}

TEST(Rng, NormalNumbersAreTheSameOnEveryMachine) {
  Rng rng(42, 7);
  for (const double z : {-0x1.e7348ba267a44p-3, 0x1.420fdd4b577e6p+0, -0x1.89898c0cfda28p-3, -0x1.b7c3bc088df4p-2}) {
    EXPECT_EQ(rng.normal(), z);
  }
}

}  // namespace
}  // namespace genga
