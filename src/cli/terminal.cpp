#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "genga/error.h"

namespace genga::cli {
namespace {

/// Returns 0 or errno.
int write_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

/// Length of the UTF-8 text in characters; good enough for cutting labels.
std::size_t n_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Keeps the end of the label, where file names differ.
std::string cut_left(std::string_view text, std::size_t n) {
  if (n_characters(text) <= n) return std::string(text);
  std::size_t surplus = n_characters(text) - n + 1;  // one character for the mark
  std::size_t at = 0;
  while (at < text.size() && surplus > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --surplus;
  }
  return "<" + std::string(text.substr(at));
}

}  // namespace

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
  const int error = write_all(STDOUT_FILENO, reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (error == EPIPE) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  if (error != 0) fail(ErrorCode::kIo, "standard output: {}", std::strerror(error));
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

std::string format_duration(double seconds) {
  const auto s = static_cast<std::int64_t>(std::ceil(std::clamp(seconds, 0.0, 359999.0)));
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string render_bar(const BarState& state, const TerminalStyle& style) {
  std::string tail = fmt::format(" {:3.0f}%", std::floor(state.total_done * 100));
  if (state.pixels_per_s > 0) tail += fmt::format("  {:.1f} MP/s", state.pixels_per_s / 1e6);
  if (state.total_done > 0 && state.seconds > 0.5) {
    tail += fmt::format("  {} left", format_duration(state.seconds * (1 - state.total_done) / state.total_done));
  }
  const int room = style.columns - 1 - static_cast<int>(tail.size());
  const int bar_width = std::clamp(room / 2 - 3, 0, 30);
  if (bar_width < 4) return fmt::format("{:.{}}", tail.substr(1), std::max(style.columns - 1, 0));

  const std::string label = cut_left(printable(state.label), static_cast<std::size_t>(room - bar_width - 3));
  const int filled = static_cast<int>(std::clamp(state.item_done, 0.0, 1.0) * bar_width);
  const std::string done(static_cast<std::size_t>(filled), '#');
  const std::string open(static_cast<std::size_t>(bar_width - filled), '-');
  return style.color ? fmt::format("{} [\033[36m{}\033[0m{}]{}", label, done, open, tail)
                     : fmt::format("{} [{}{}]{}", label, done, open, tail);
}

ProgressBar::ProgressBar(const TerminalStyle& style, std::size_t n_items) : style_(style), n_items_(n_items) {}

void ProgressBar::begin_item(std::size_t index, std::string_view name) {
  index_ = index;
  name_ = name;
  item_start_ = Clock::now();
  last_draw_ = {};
  update(0, 1);
}

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  if (!style_.bar || total <= 0) return;
  const auto now = Clock::now();
  if (now - last_draw_ < std::chrono::milliseconds(100)) return;
  last_draw_ = now;
  BarState state;
  state.label = n_items_ > 1 ? fmt::format("{}/{} {}", index_ + 1, n_items_, name_) : name_;
  state.item_done = static_cast<double>(done) / static_cast<double>(total);
  state.total_done = (static_cast<double>(index_) + state.item_done) / static_cast<double>(n_items_);
  const double item_seconds = std::chrono::duration<double>(now - item_start_).count();
  if (done > 0 && item_seconds > 0) state.pixels_per_s = static_cast<double>(done) / item_seconds;
  state.seconds = std::chrono::duration<double>(now - start_).count();
  write_stderr("\r\033[K" + render_bar(state, style_));
  drawn_ = true;
}

void ProgressBar::erase() {
  if (!drawn_) return;
  write_stderr("\r\033[K");
  drawn_ = false;
  last_draw_ = {};
}

}  // namespace genga::cli
