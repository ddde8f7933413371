// For tests: the same test program again, once for every rank.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "image/test_folder.h"

namespace genga::train {

struct RankResult {
  int status = -1;  // exit status; 128 + number of the signal that killed it
  std::string output;
};

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A port that was free a moment ago.
inline std::uint16_t free_port() {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(file, reinterpret_cast<const sockaddr*>(&address), size);
  ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(file);
  return ntohs(address.sin_port);
}

/// Starts `count` processes with torchrun's variables and waits for all. words: program and its arguments.
inline std::vector<RankResult> run_ranks(int count, const std::vector<std::string>& words) {
  const image::TestFolder folder;
  const std::string port = std::to_string(free_port());
  std::vector<pid_t> children;
  for (int rank = 0; rank < count; ++rank) {
    const std::string output = (folder.path() / std::to_string(rank)).string();
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("RANK", std::to_string(rank).c_str(), 1);
      ::setenv("WORLD_SIZE", std::to_string(count).c_str(), 1);
      ::setenv("MASTER_ADDR", "127.0.0.1", 1);
      ::setenv("MASTER_PORT", port.c_str(), 1);
      ::setenv("OMP_NUM_THREADS", "1", 1);
      if (std::freopen(output.c_str(), "w", stdout) == nullptr || ::dup2(1, 2) < 0) ::_exit(99);
      std::vector<char*> argv;
      for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(98);
    }
    children.push_back(child);
  }
  std::vector<RankResult> results;
  for (int rank = 0; rank < count; ++rank) {
    int status = 0;
    ::waitpid(children[static_cast<std::size_t>(rank)], &status, 0);
    results.push_back({WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                       file_text(folder.path() / std::to_string(rank))});
  }
  return results;
}

/// Runs the disabled test DISABLED_<name> of suite AsRank of this very program on every rank.
inline std::vector<RankResult> run_test_on_ranks(int count, const std::string& name) {
  return run_ranks(count, {std::filesystem::read_symlink("/proc/self/exe").string(), "--gtest_also_run_disabled_tests",
                           "--gtest_filter=AsRank.DISABLED_" + name});
}

}  // namespace genga::train
