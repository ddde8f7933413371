#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "genga/train.h"

namespace genga::train {
namespace {

constexpr double kRedrawSeconds = 0.2, kPlainSeconds = 30;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::lround(seconds));
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string report_text(const StepReport& report) {
  std::string text = fmt::format("step {}/{}  {:.1f} images/s  {} left ", report.step, report.n_steps,
                                 report.images_per_second, duration_text(report.seconds_left));
  for (const auto& [name, value] : report.terms) text += fmt::format(" {} {:.3g}", name, value);
  return text;
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

ProgressBar::ProgressBar() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (drawn_) fmt::print(stderr, "\n");
}

void ProgressBar::step(const StepReport& report) {
  const double now = now_seconds();
  const bool last = report.step == report.n_steps;
  if (!last && now - last_seconds_ < (terminal_ ? kRedrawSeconds : kPlainSeconds)) return;
  last_seconds_ = now;
  const std::string text = report_text(report);
  if (!terminal_) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  constexpr int kWidth = 20;
  const auto filled = static_cast<std::size_t>(kWidth * report.step / std::max<std::int64_t>(report.n_steps, 1));
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  clear();
  fmt::print(stderr, "{}", fmt::format("[{}] {}", bar, text).substr(0, terminal_columns() - 1));
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressBar::note(const std::string& text) {
  clear();
  fmt::print(stderr, "{}\n", text);
}

void ProgressBar::clear() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace genga::train
