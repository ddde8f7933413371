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
#include "genga/text.h"

namespace genga::cli {
namespace {

/// Of the first character; 0 if the text does not begin with valid UTF-8.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return size <= text.size() && is_utf8(text.substr(0, size)) ? size : 0;
}

/// What changes the terminal or the order of what follows: ASCII's and C1's controls, U+2028 and U+2029, bidirectional
/// marks.
bool is_control(std::string_view character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]) < 0x20 || character[0] == 0x7F;
  return (character >= "\xC2\x80" && character <= "\xC2\x9F") || character == "\xD8\x9C" ||
         (character >= "\xE2\x80\xA8" && character <= "\xE2\x80\xAE") || character == "\xE2\x80\x8E" ||
         character == "\xE2\x80\x8F" || (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
}

}  // namespace

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
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_bytes(text.substr(at));
    result += size == 0 || is_control(text.substr(at, size)) ? std::string_view("?") : text.substr(at, size);
    at += std::max<std::size_t>(size, 1);
  }
  return result;
}

}  // namespace genga::cli
