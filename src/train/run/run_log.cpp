// Appends lines to log.jsonl.
#include "train/run/run_log.h"

#include <fcntl.h>
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

RunLog::RunLog(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (!file_) fail(ErrorCode::kIo, "'{}': cannot be written: {}", path.string(), std::strerror(errno));
  is_cut_ = ends_within_a_line(path);
}

void RunLog::write(nlohmann::ordered_json line) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  line["time"] = std::round(std::chrono::duration<double>(now).count() * 1000) / 1000;
  std::string text = is_cut_ ? "\n" : "";
  text += line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  if (!write_all(file_.get(), text.data(), text.size())) {
    const int error = errno;
    is_cut_ = ends_within_a_line(path_);
    fail(ErrorCode::kIo, "'{}': cannot be written: {}", path_.string(), std::strerror(error));
  }
  is_cut_ = false;
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
