// What could not be fetched and why, in DIR/fetch-failures.jsonl: one JSON object a line; of several lines for one
// address the last one holds.
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
  std::string code{};    // as FetchProblem::code, and "duplicate"
  std::string reason{};  // one sentence
  bool may_pass = false;
  std::int64_t limit = 0;  // "too_large": bytes allowed; "too_small": pixels asked for; else 0
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
  /// The image has been fetched after all.
  void remove(const std::string& url);
  /// Leaves one line for each address that still fails; removes the file if none does.
  void compact();

 private:
  std::filesystem::path path_;
  std::map<std::string, Failure> failures_;
  bool rewrite_ = false;  // the file has lines that no longer hold
};

}  // namespace genga::fetch
