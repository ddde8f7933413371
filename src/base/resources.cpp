// Cancellation, and how many cores this process may use.
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>

#include "genga/base.h"
#include "genga/error.h"

namespace genga {
namespace {

/// Cores granted by a cgroup v2 quota ("200000 100000" = 2), rounded up.
std::optional<int> cgroup_cores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0;
  double period = 0;
  if (file >> quota >> period && period > 0) return std::max(1, static_cast<int>(std::ceil(quota / period)));
  return std::nullopt;
}

}  // namespace

void CancelToken::check() const {
  if (cancelled()) throw Error(ErrorCode::kCancelled, "interrupted");
}

int available_cores() {
  cpu_set_t set;
  const int allowed = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp(cgroup_cores().value_or(allowed), 1, std::max(1, allowed));
}

}  // namespace genga
