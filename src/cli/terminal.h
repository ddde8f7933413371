// What people see: messages, colors and the progress bar on stderr; data on stdout.
// stdout carries nothing but data, so that it can be piped; everything else goes to stderr.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace genga::cli {

/// What stderr can show: a bar and colors only on a terminal; NO_COLOR takes the colors away, TERM=dumb both.
struct TerminalStyle {
  bool bar = false;
  bool color = false;
  int columns = 80;
};
TerminalStyle stderr_style();

/// All bytes to stdout, unbuffered. If the reader has gone (head, a closed pager), the process ends as SIGPIPE would
/// end it, so no file may be half-written while this is called. Throws Error: kIo (disk full).
void write_stdout(std::span<const std::byte> bytes);
void write_stdout(std::string_view text);

/// As it is; failures to write are ignored.
void write_stderr(std::string_view text);

/// One line on stderr: "genga: error: message" and "genga: message".
void say_error(std::string_view message);
void say(std::string_view message);

/// Control bytes (a file name may hold escape sequences) replaced by '?'.
std::string printable(std::string_view text);

/// "0:07", "12:34", "1:02:03"; rounds up, so that "0:00" means done.
std::string format_duration(double seconds);

struct BarState {
  std::string label;        // "3/12 photo.jpg"
  double item_done = 0;     // 0..1, of the image in work
  double total_done = 0;    // 0..1, of the whole job
  double pixels_per_s = 0;  // 0: not known yet
  double seconds = 0;       // since the job began
};
/// The bar as one line of at most `columns` - 1 characters: label, bar, per cent, MP/s, time left.
std::string render_bar(const BarState& state, const TerminalStyle& style);

/// Draws on stderr at most ten times a second; draws nothing if the style has no bar. One thread at a time.
class ProgressBar {
 public:
  ProgressBar(const TerminalStyle& style, std::size_t n_items);
  ~ProgressBar() { erase(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void begin_item(std::size_t index, std::string_view name);
  /// done and total in pixels of the item.
  void update(std::int64_t done, std::int64_t total);
  /// Clears the line, so that a message can be printed; the next update draws it again.
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  TerminalStyle style_;
  std::size_t n_items_;
  std::size_t index_ = 0;
  std::string name_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point item_start_ = start_;
  Clock::time_point last_draw_{};
  bool drawn_ = false;
};

}  // namespace genga::cli
