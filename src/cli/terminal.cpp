// Standard output and standard error.
#include "cli/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "genga/error.h"
#include "genga/system.h"

namespace genga::cli {
void open_standard_streams() {
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // open() takes the lowest number that is free. Opened the wrong way round, so that their use is an error.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) std::abort();
  }
}

TerminalStyle stderr_style() {
  TerminalStyle style;
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  style.bar = ::isatty(STDERR_FILENO) == 1 && !dumb;
  const char* no_color = std::getenv("NO_COLOR");
  style.color = style.bar && (no_color == nullptr || *no_color == '\0');
  winsize size{};
  if (style.bar && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.columns = size.ws_col;
  return style;
}

void write_stdout(std::span<const std::byte> bytes) {
  if (write_all(STDOUT_FILENO, bytes.data(), bytes.size())) return;
  const int error = errno;
  if (error == EPIPE) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  fail(ErrorCode::kIo, "standard output: {}", std::strerror(error));
}

void write_stdout(std::string_view text) {
  write_stdout(std::as_bytes(std::span(text.data(), text.size())));
}

void write_stderr(std::string_view text) {
  write_all(STDERR_FILENO, text.data(), text.size());
}

void say_error(std::string_view message) {
  const bool color = stderr_style().color;
  write_stderr(
      fmt::format("genga: {}error:{} {}\n", color ? "\033[1;31m" : "", color ? "\033[0m" : "", printable(message)));
}

void say(std::string_view message) {
  write_stderr(fmt::format("genga: {}\n", printable(message)));
}

std::string printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return result;
}

}  // namespace genga::cli
