// The one exception of the project, and the one table from error code to exit status.
// Every module throws Error and nothing else; each third-party library is translated in the module that owns it.
// It is caught in main, on worker threads (kept as exception_ptr) and in per-item loops.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace genga {

enum class ErrorCode {
  kInvalidArgument,  // the caller asked for something meaningless
  kNotFound,         // a file, model or name does not exist
  kUnsupported,      // well-formed, but this build or network cannot do it
  kCorruptData,      // bytes that break their own format
  kOutOfMemory,      // would exceed the memory or pixel limit
  kBusy,             // another program holds a lock or changed the file, or a web service asks to come back later
  kCancelled,        // Ctrl-C
  kIo,               // the operating system refused to read or write
  kInternal,         // a bug in Genga
};

/// What went wrong, in one sentence: the object, what was found, what was expected, the cure.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

  /// A copy whose message is "context: message"; used where a caller knows which file or node it was.
  Error with_context(std::string_view context) const { return Error(code_, fmt::format("{}: {}", context, what())); }

 private:
  ErrorCode code_;
};

/// Throws Error with a formatted message.
template <typename... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

std::string_view error_name(ErrorCode code);  // "invalid_argument"; stable, used in JSON output
int exit_status(ErrorCode code);              // 1 failed, 2 usage, 130 interrupted

}  // namespace genga
