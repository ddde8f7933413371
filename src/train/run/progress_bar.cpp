#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "genga/train.h"
#include "train/run/progress_line.h"

namespace genga::train {
namespace {

constexpr double kRedrawSeconds = 0.2, kPlainSeconds = 30;
constexpr int kMaxNotes = 8;         // that begin alike, ...
constexpr double kNoteSeconds = 30;  // ... within this time

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool can_redraw() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// What cannot be written is lost: a terminal that went away is no reason to end a run.
void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
}

/// A file's name may hold escape sequences.
std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

}  // namespace

ProgressBar::ProgressBar() : terminal_(can_redraw()) {}

ProgressBar::~ProgressBar() {
  say_held();
  if (drawn_) say("\n");
}

void ProgressBar::step(const StepReport& report) {
  const double now = now_seconds();
  if (now - note_seconds_ > kNoteSeconds) say_held();
  const bool last = report.step == report.n_steps;
  if (!last && now - last_seconds_ < (terminal_ ? kRedrawSeconds : kPlainSeconds)) return;
  last_seconds_ = now;
  if (terminal_) {
    // The new line replaces the old one in a single write: no flicker.
    say(fmt::format("\r{}\033[K", progress_line(report, terminal_columns())));
    std::fflush(stderr);
    drawn_ = true;
  } else {
    say(plain_progress_line(report) + "\n");
  }
}

void ProgressBar::note(const std::string& text) {
  const std::string word = text.substr(0, text.find(' '));
  if (word != note_word_ || now_seconds() - note_seconds_ > kNoteSeconds) {
    say_held();
    note_word_ = word;
    note_seconds_ = now_seconds();
    n_notes_ = 0;
  }
  if (++n_notes_ > kMaxNotes) {
    ++n_held_;
    return;
  }
  clear();
  say(printable(text) + "\n");
}

void ProgressBar::say_held() {
  if (n_held_ == 0) return;
  clear();
  say(fmt::format("... and {} more that begin with '{}'\n", n_held_, printable(note_word_)));
  n_held_ = 0;
}

void ProgressBar::clear() {
  if (drawn_) say("\r\033[K");
  drawn_ = false;
}

}  // namespace genga::train
