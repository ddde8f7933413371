// When progress and notes are written.
#include "app_train/run_display.h"

#include <fmt/format.h>

#include <chrono>

#include "app_train/progress_line.h"

namespace genga::cli {
namespace {

constexpr double kPlainLineSeconds = 30;
constexpr int kMaxNotes = 8;         // that begin alike, ...
constexpr double kNoteSeconds = 30;  // ... within this time

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

RunDisplay::~RunDisplay() {
  say_held();
  line_.keep();
}

void RunDisplay::step(const train::StepReport& report) {
  const double now = now_s();
  if (now - note_s_ > kNoteSeconds) say_held();
  const bool last = report.step == report.n_steps;
  if (style_.bar) {
    if (last) line_.hurry();
    // Asked for each time: in the hours of a run, windows change their size.
    if (line_.is_due()) {
      line_.show(progress_line(report, static_cast<std::size_t>(stderr_style().columns), style_.color));
    }
  } else if (last || now - last_plain_line_s_ >= kPlainLineSeconds) {
    last_plain_line_s_ = now;
    write_stderr(plain_progress_line(report) + "\n");
  }
}

void RunDisplay::note(const std::string& text) {
  const std::string word = text.substr(0, text.find(' '));
  if (word != note_word_ || now_s() - note_s_ > kNoteSeconds) {
    say_held();
    note_word_ = word;
    note_s_ = now_s();
    n_notes_ = 0;
  }
  if (++n_notes_ > kMaxNotes) {
    ++n_held_;
    return;
  }
  line_.erase();
  say(text);
}

void RunDisplay::say_held() {
  if (n_held_ == 0) return;
  line_.erase();
  say(fmt::format("... and {} more that begin with '{}'", n_held_, note_word_));
  n_held_ = 0;
}

}  // namespace genga::cli
