// Control groups as the kernel shows them, imitated in a folder.
#include "base/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "genga/base.h"

namespace genga {
namespace {

class Cgroup : public ::testing::Test {
 protected:
  Cgroup() { std::filesystem::create_directory(folder_); }
  ~Cgroup() override { std::filesystem::remove_all(folder_); }
  void put(const char* name, std::string_view text) const { write_file(folder_ / name, text); }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("genga_cgroup_" + std::to_string(::getpid()));
};

TEST_F(Cgroup, PageCacheCountsAsFree) {
  put("memory.max", "1000000\n");
  put("memory.current", "900000\n");
  EXPECT_EQ(cgroup_memory_left(folder_), 100000);
  put("memory.stat", "anon 200000\nfile 700000\ninactive_anon 0\ninactive_file 600000\nactive_file 100000\n");
  EXPECT_EQ(cgroup_memory_left(folder_), 700000);
}

TEST_F(Cgroup, WithoutALimitOnlyTheMachineCounts) {
  put("memory.max", "max\n");
  put("memory.current", "900000\n");
  EXPECT_EQ(cgroup_memory_left(folder_), std::nullopt);
}

TEST_F(Cgroup, MoreThanTheLimitLeavesNothing) {
  put("memory.max", "1000\n");
  put("memory.current", "1200\n");
  EXPECT_EQ(cgroup_memory_left(folder_), 0);
}

}  // namespace
}  // namespace genga
