// How much memory this process may use: the machine's, and the control group's that a container runs in.
#include "base/memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "genga/base.h"

namespace genga {
namespace {

/// First number of a one-line kernel file; nullopt if absent or "max".
std::optional<std::int64_t> read_number(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::int64_t value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

/// The number after a key of a file of lines "key number"; 0 if absent.
std::int64_t read_key(const std::filesystem::path& path, const std::string& wanted) {
  std::ifstream file(path);
  std::string key;
  std::int64_t value = 0;
  while (file >> key >> value) {
    if (key == wanted) return value;
  }
  return 0;
}

std::int64_t machine_memory_left() {
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

std::optional<std::int64_t> cgroup_memory_left(const std::filesystem::path& folder) {
  const auto limit = read_number(folder / "memory.max");
  const auto used = read_number(folder / "memory.current");
  if (!limit || !used) return std::nullopt;
  const std::int64_t kept = std::max<std::int64_t>(*used - read_key(folder / "memory.stat", "inactive_file"), 0);
  return std::max<std::int64_t>(*limit - kept, 0);
}

std::int64_t available_memory_bytes() {
  const std::int64_t machine = machine_memory_left();
  return std::min(machine, cgroup_memory_left("/sys/fs/cgroup").value_or(machine));
}

}  // namespace genga
