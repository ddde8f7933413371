// RUN/log.jsonl: one JSON object a line, flushed line by line. Objects:
// {"event":"start"|"step"|"rollback"|"skipped"|...}.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

namespace genga::train {

class RunLog {
 public:
  /// Appends. Throws Error: kIo.
  explicit RunLog(const std::filesystem::path& path);
  void write(const nlohmann::ordered_json& line);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace genga::train
