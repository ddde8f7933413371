// Appends lines to log.jsonl.
#include "train/run/run_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>

#include "genga/error.h"
#include "genga/random.h"

namespace genga::train {
namespace {

bool ends_within_a_line(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() <= 0) return false;
  file.seekg(-1, std::ios::end);
  return file.get() != '\n';
}

}  // namespace

RunLog::RunLog(const std::filesystem::path& path) : path_(path), file_(std::fopen(path.c_str(), "ae")) {
  if (!file_) fail(ErrorCode::kIo, "'{}': cannot be written: {}", path.string(), std::strerror(errno));
  if (ends_within_a_line(path)) std::fputc('\n', file_.get());
}

void RunLog::write(nlohmann::ordered_json line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  line["time"] = std::round(std::chrono::duration<double>(now).count() * 1000) / 1000;
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  if (std::fputs(text.c_str(), file_.get()) < 0 || std::fflush(file_.get()) != 0) {
    fail(ErrorCode::kIo, "'{}': cannot be written: {}", path_.string(), std::strerror(errno));
  }
}

std::string config_hash(std::string_view toml) {
  return fmt::format("{:016x}", stable_hash(toml));
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  return file >> all >> resident ? resident * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace genga::train
