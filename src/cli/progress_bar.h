// The progress of a job on stderr: a line that is redrawn, and the bar that most commands show in it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/terminal.h"

namespace genga::cli {

/// "0:07", "12:34", "1:02:03", "2 d 3:04"; rounds up, so that "0:00" means done; "?" if it is not known (not a number,
/// or years).
std::string format_duration(double seconds);

/// "[####----]" with `width` characters between the brackets.
std::string bar_text(double fraction, int width, bool color);

struct BarState {
  std::string label;        // "3/12 photo.jpg"
  double item_done = 0;     // 0..1, of the image in work
  double total_done = 0;    // 0..1, of the whole job
  double pixels_per_s = 0;  // 0: not known yet
  double seconds = 0;       // since the job began
};
/// The bar as one line of at most `columns` - 1 characters: label, bar, per cent, MP/s, time left.
std::string render_bar(const BarState& state, const TerminalStyle& style);

/// One line on stderr that is redrawn at most ten times a second; nothing if the style has no bar. One thread at a
/// time.
class StatusLine {
 public:
  explicit StatusLine(const TerminalStyle& style) : can_draw_(style.bar) {}
  ~StatusLine() { erase(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Whether show() would draw now; asking first saves making the text.
  bool is_due() const;
  /// text: shorter than the terminal is wide.
  void show(std::string_view text);
  /// The next show() draws, however soon it comes.
  void hurry() { last_draw_ = {}; }
  /// Clears the line, so that a message can be printed; the next show() draws it again.
  void erase();
  /// Leaves the line standing; the next show() draws below it.
  void keep();

 private:
  using Clock = std::chrono::steady_clock;
  bool can_draw_;
  Clock::time_point last_draw_{};
  bool drawn_ = false;
};

/// The bar of a job of one or more items in a status line.
class ProgressBar {
 public:
  enum class Unit { kPixels, kOther };
  /// unit: what update() counts; with pixels their rate is shown.
  ProgressBar(const TerminalStyle& style, std::size_t n_items, Unit unit = Unit::kPixels)
      : style_(style), line_(style), n_items_(n_items), unit_(unit) {}

  void begin_item(std::size_t index, std::string_view name);
  /// How much of the item is done.
  void update(std::int64_t done, std::int64_t total);
  /// Clears the line, so that a message can be printed; the next update draws it again.
  void erase() { line_.erase(); }

 private:
  using Clock = std::chrono::steady_clock;
  TerminalStyle style_;
  StatusLine line_;
  std::size_t n_items_;
  Unit unit_;
  std::size_t index_ = 0;
  std::string name_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point item_start_ = start_;
};

}  // namespace genga::cli
