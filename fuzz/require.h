// What a fuzz target may demand of its results.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace genga::fuzz {

/// Ends the program in a way that libFuzzer records and ctest reports.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

}  // namespace genga::fuzz
