// Drawing of the status line and the progress bar.
#include "cli/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace genga::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};

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

std::string format_duration(double seconds) {
  constexpr double kLongest = 1000.0 * 24 * 3600;
  if (!(seconds < kLongest)) return "?";
  const auto s = static_cast<std::int64_t>(std::ceil(std::max(seconds, 0.0)));
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  if (s < 24 * 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{} d {}:{:02}", s / 86400, s / 3600 % 24, s / 60 % 60);
}

std::string bar_text(double fraction, int width, bool color) {
  const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * width);
  const std::string done(static_cast<std::size_t>(filled), '#');
  const std::string open(static_cast<std::size_t>(width - filled), '-');
  return color ? fmt::format("[\033[36m{}\033[0m{}]", done, open) : fmt::format("[{}{}]", done, open);
}

std::string render_bar(const BarState& state, const TerminalStyle& style) {
  std::string tail = fmt::format(" {:3.0f}%", std::floor(state.total_done * 100));
  if (state.pixels_per_s > 0) tail += fmt::format("  {:.1f} MP/s", state.pixels_per_s / 1e6);
  if (state.total_done > 0 && state.seconds > 0.5) {
    tail += fmt::format("  {} left", format_duration(state.seconds * (1 - state.total_done) / state.total_done));
  }
  const int space = style.columns - 1 - static_cast<int>(tail.size());
  const int bar_width = std::clamp(space / 2 - 3, 0, 30);
  if (bar_width < 4) return fmt::format("{:.{}}", tail.substr(1), std::max(style.columns - 1, 0));
  const std::string label = cut_left(printable(state.label), static_cast<std::size_t>(space - bar_width - 3));
  return fmt::format("{} {}{}", label, bar_text(state.item_done, bar_width, style.color), tail);
}

bool StatusLine::is_due() const {
  return can_draw_ && Clock::now() - last_draw_ >= kRedraw;
}

void StatusLine::show(std::string_view text) {
  if (!is_due()) return;
  last_draw_ = Clock::now();
  // The new text over the old one, the rest cleared, in one write: no flicker.
  write_stderr(fmt::format("\r{}\033[K", text));
  drawn_ = true;
}

void StatusLine::erase() {
  if (!drawn_) return;
  write_stderr("\r\033[K");
  drawn_ = false;
  last_draw_ = {};
}

void StatusLine::keep() {
  if (drawn_) write_stderr("\n");
  drawn_ = false;
}

void ProgressBar::begin_item(std::size_t index, std::string_view name) {
  index_ = index;
  name_ = name;
  item_start_ = Clock::now();
  line_.hurry();
  update(0, 1);
}

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  if (total <= 0 || !line_.is_due()) return;
  const auto now = Clock::now();
  BarState state;
  state.label = n_items_ > 1 ? fmt::format("{}/{} {}", index_ + 1, n_items_, name_) : name_;
  state.item_done = static_cast<double>(done) / static_cast<double>(total);
  state.total_done = (static_cast<double>(index_) + state.item_done) / static_cast<double>(n_items_);
  const double item_seconds = std::chrono::duration<double>(now - item_start_).count();
  if (unit_ == Unit::kPixels && done > 0 && item_seconds > 0)
    state.pixels_per_s = static_cast<double>(done) / item_seconds;
  state.seconds = std::chrono::duration<double>(now - start_).count();
  line_.show(render_bar(state, style_));
}

}  // namespace genga::cli
