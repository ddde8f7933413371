#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "genga/base.h"
#include "genga/error.h"

namespace genga {
namespace {

/// First number of a one-line kernel file; nullopt if absent or "max".
std::optional<std::int64_t> read_number(const char* path) {
  std::ifstream file(path);
  std::int64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

/// Cores granted by a cgroup v2 quota ("200000 100000" = 2), rounded up.
std::optional<int> cgroup_cores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0;
  double period = 0;
  if (file >> quota >> period && period > 0) return std::max(1, static_cast<int>(std::ceil(quota / period)));
  return std::nullopt;
}

std::int64_t meminfo_available() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  std::string unit;
  while (file >> key >> kib >> unit) {
    if (key == "MemAvailable:") return kib * 1024;
  }
  return static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
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

std::int64_t available_memory_bytes() {
  std::int64_t available = meminfo_available();
  const auto limit = read_number("/sys/fs/cgroup/memory.max");
  const auto used = read_number("/sys/fs/cgroup/memory.current");
  if (limit && used) available = std::min(available, std::max<std::int64_t>(*limit - *used, 0));
  return available;
}

}  // namespace genga
