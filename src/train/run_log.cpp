#include "train/run_log.h"

#include <cerrno>
#include <cstring>

#include "genga/error.h"

namespace genga::train {

RunLog::RunLog(const std::filesystem::path& path) : path_(path), file_(std::fopen(path.c_str(), "ae")) {
  if (!file_) fail(ErrorCode::kIo, "'{}': cannot be written: {}", path.string(), std::strerror(errno));
}

void RunLog::write(const nlohmann::ordered_json& line) {
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  if (std::fputs(text.c_str(), file_.get()) < 0 || std::fflush(file_.get()) != 0) {
    fail(ErrorCode::kIo, "'{}': cannot be written: {}", path_.string(), std::strerror(errno));
  }
}

}  // namespace genga::train
