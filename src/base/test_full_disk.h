// For tests of all modules: a disk that is full.
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace genga {

/// Makes every file of this process end at so many bytes: the nearest thing to a full disk that a test can have.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace genga
