// A training run on stderr.
#pragma once

#include <string>

#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/train.h"

namespace genga::cli {

/// On a terminal one line that is redrawn, otherwise a plain line every 30 seconds. Of many notes in a row that begin
/// with the same word, some are shown and the rest counted. One thread at a time.
class RunDisplay {
 public:
  explicit RunDisplay(const TerminalStyle& style) : style_(style), line_(style) {}
  RunDisplay(const RunDisplay&) = delete;
  RunDisplay& operator=(const RunDisplay&) = delete;
  ~RunDisplay();  // the last line stays
  void step(const train::StepReport& report);
  void note(const std::string& text);

 private:
  void say_held();

  TerminalStyle style_;
  StatusLine line_;
  double last_plain_line_s_ = -1e9;  // when it was written
  std::string note_word_;            // the last note's first word
  double note_s_ = -1e9;             // when the first note of these came
  int n_notes_ = 0, n_held_ = 0;     // of these: in all, not shown
};

}  // namespace genga::cli
