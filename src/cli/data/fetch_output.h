// What genga data fetch tells: a line while it works, a summary in words, a JSON document.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/fetch.h"

namespace genga::cli {

/// "12 new, 3 failed  danbooru:sky" on one line of stderr, at most ten times a second; nothing without a terminal.
class CountLine {
 public:
  explicit CountLine(const TerminalStyle& style) : style_(style) {}
  ~CountLine() { erase(); }
  CountLine(const CountLine&) = delete;
  CountLine& operator=(const CountLine&) = delete;
  void show(const fetch::FetchCounts& counts, std::string_view source);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  TerminalStyle style_;
  Clock::time_point last_{};
  bool drawn_ = false;
};

void say_summary(const fetch::FetchReport& report, const std::string& folder);
/// The first few, with how many more there are; and what people must know about the sources.
void say_problems(const fetch::FetchReport& report);

Json report_json(const fetch::FetchReport& report);
Json offers_json(const std::vector<fetch::Offer>& offers, const fetch::FetchReport& report);

}  // namespace genga::cli
