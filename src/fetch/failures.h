// What could not be had, in DIR/fetch-failures.jsonl: a JSON object a line, the last one of an address holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace genga::fetch {

inline constexpr std::string_view kFailuresName = "fetch-failures.jsonl";

struct Failure {
  std::string url{}, source{}, page{};
  std::string code{};    // as FetchProblem::code; "duplicate" too
  std::string reason{};  // one sentence
  bool may_pass = false;
  std::int64_t limit = 0;  // that was not met, for "too_large" and "too_small"
  std::string time{};      // UTC
};

/// Threads: one at a time.
class FailureLog {
 public:
  /// Throws Error: kCorruptData, naming the line. A last line that was cut short is passed over.
  explicit FailureLog(std::filesystem::path folder);
  /// Null if it has not failed.
  const Failure* find(const std::string& url) const;
  /// On disk when it returns.
  void add(Failure failure);
  /// It was had after all.
  void remove(const std::string& url);
  /// Leaves one line for each that is still missing; no file if none is.
  void compact();

 private:
  std::filesystem::path path_;
  std::map<std::string, Failure> failures_;
  bool rewrite_ = false;  // the file holds lines that hold no longer
};

}  // namespace genga::fetch
