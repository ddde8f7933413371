// Tests of how work is shared among machines.
#include "app_genga/shard.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr const char* kNames[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT",
                                  "JOB_COMPLETION_INDEX"};

class ShardTest : public ::testing::Test {
 protected:
  ShardTest() {
    for (const char* name : kNames) unsetenv(name);
  }
  ~ShardTest() override {
    for (const char* name : kNames) unsetenv(name);
  }
};

TEST_F(ShardTest, KOfN) {
  EXPECT_EQ(parse_shard("1/1").count, 1);
  EXPECT_EQ(parse_shard("2/5").index, 1);
  EXPECT_EQ(parse_shard("2/5").count, 5);
  for (const char* wrong :
       {"", "0/5", "6/5", "2", "/", "2/", "/5", "-1/5", "a/b", "1/0", "2/5x", "auto", "auto/5", "auto/0"}) {
    EXPECT_THROW(parse_shard(wrong), Error) << wrong;
  }
}

TEST_F(ShardTest, SlurmCountsFromItsFirstTask) {
  setenv("SLURM_ARRAY_TASK_ID", "12", 1);
  setenv("SLURM_ARRAY_TASK_MIN", "10", 1);
  setenv("SLURM_ARRAY_TASK_COUNT", "4", 1);
  EXPECT_EQ(parse_shard("auto").index, 2);
  EXPECT_EQ(parse_shard("auto").count, 4);
  setenv("SLURM_ARRAY_TASK_ID", "14", 1);
  EXPECT_THROW(parse_shard("auto"), Error);
}

TEST_F(ShardTest, KubernetesNeedsTheCount) {
  setenv("JOB_COMPLETION_INDEX", "2", 1);
  EXPECT_THROW(parse_shard("auto"), Error);
  EXPECT_EQ(parse_shard("auto/3").index, 2);
  EXPECT_THROW(parse_shard("auto/2"), Error);
}

TEST_F(ShardTest, EachItemBelongsToOneShard) {
  for (std::size_t i = 0; i < 20; ++i) {
    int n = 0;
    for (int k = 0; k < 3; ++k) n += Shard{.index = k, .count = 3}.has(i) ? 1 : 0;
    EXPECT_EQ(n, 1);
  }
}

}  // namespace
}  // namespace genga::cli
