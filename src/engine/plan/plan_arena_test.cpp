// Places of buffers in the arena: no two live ones overlap, and little memory is wasted.
#include "engine/plan/plan_arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace genga::engine {
namespace {

struct Life {
  std::int64_t bytes;
  int first, last;
};

std::vector<Life> random_lives(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Life> lives;
  for (int i = 0; i < 60; ++i) {
    const int first = static_cast<int>(random() % 40);
    lives.push_back({static_cast<std::int64_t>(random() % 5000), first, first + static_cast<int>(random() % 6)});
  }
  return lives;
}

TEST(ArenaPlanner, NeverOverlapsLiveBuffers) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const std::vector<Life> lives = random_lives(seed);
    ArenaPlanner planner;
    for (const Life& life : lives) planner.add(life.bytes, life.first, life.last);
    planner.plan();
    for (int a = 0; a < 60; ++a) {
      const Life& la = lives[static_cast<std::size_t>(a)];
      EXPECT_EQ(planner.offset(a) % ArenaPlanner::kAlignment, 0);
      EXPECT_LE(planner.offset(a) + la.bytes, planner.total_bytes());
      for (int b = 0; b < a; ++b) {
        const Life& lb = lives[static_cast<std::size_t>(b)];
        const bool same_time = la.first <= lb.last && lb.first <= la.last;
        const bool same_place =
            planner.offset(a) < planner.offset(b) + lb.bytes && planner.offset(b) < planner.offset(a) + la.bytes;
        EXPECT_FALSE(same_time && same_place && la.bytes > 0 && lb.bytes > 0) << "seed " << seed;
      }
    }
  }
}

TEST(ArenaPlanner, StaysNearTheLargestSumOfLiveBytes) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const std::vector<Life> lives = random_lives(seed);
    ArenaPlanner planner;
    for (const Life& life : lives) planner.add(life.bytes, life.first, life.last);
    planner.plan();
    std::int64_t peak = 0;
    for (int step = 0; step < 46; ++step) {
      std::int64_t live = 0;
      for (const Life& life : lives) live += life.first <= step && step <= life.last ? (life.bytes + 63) / 64 * 64 : 0;
      peak = std::max(peak, live);
    }
    EXPECT_GE(planner.total_bytes(), peak);
    EXPECT_LE(planner.total_bytes(), peak + peak / 3) << "seed " << seed;
  }
}

TEST(ArenaPlanner, GivesAChainTheMemoryOfTwoBuffers) {
  ArenaPlanner planner;
  for (int step = 0; step < 10; ++step) planner.add(1 << 20, step, step + 1);
  planner.plan();
  EXPECT_EQ(planner.total_bytes(), 2 << 20);
}

TEST(ArenaPlanner, NeedsNothingForNothing) {
  ArenaPlanner planner;
  planner.plan();
  EXPECT_EQ(planner.total_bytes(), 0);
}

}  // namespace
}  // namespace genga::engine
