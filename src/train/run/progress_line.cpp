#include "train/run/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "train/observe/term_groups.h"

namespace genga::train {
namespace {

constexpr std::string_view kGap = "  ";

double fraction_done(const StepReport& report) {
  return static_cast<double>(report.step) / static_cast<double>(std::max<std::int64_t>(report.n_steps, 1));
}

std::string bar_text(double fraction, int width) {
  const int filled = static_cast<int>(width * std::clamp(fraction, 0.0, 1.0));
  return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", width - filled);
}

std::string speed_text(double images_per_second) {
  const int digits = images_per_second >= 100 ? 0 : images_per_second >= 1 ? 1 : 3;
  return fmt::format("{:.{}f} images/s", images_per_second, digits);
}

std::string term_text(const std::pair<std::string, double>& term) {
  return fmt::format("{} {:.3g}", term.first, term.second);
}

/// Appends with a gap, if both fit.
bool append(std::string& line, std::string_view text, std::size_t room) {
  const std::size_t gap = line.empty() ? 0 : kGap.size();
  if (line.size() + gap + text.size() > room) return false;
  if (gap > 0) line += kGap;
  line += text;
  return true;
}

struct Layout {
  int bar = 0;  // characters
  bool percent = false, phase = false, speed = false, left = false;
};
/// From rich to poor.
constexpr std::array<Layout, 7> kLayouts{{{20, true, true, true, true},
                                          {10, true, true, true, true},
                                          {0, true, true, true, true},
                                          {0, true, false, true, true},
                                          {0, false, false, true, true},
                                          {0, false, false, false, true},
                                          {}}};
constexpr std::size_t kLayoutsWithTerms = 5;  // the poorer ones are no price for a loss

std::string laid_out(const StepReport& report, const Layout& layout) {
  constexpr std::size_t kNoLimit = std::string::npos;
  const double fraction = fraction_done(report);
  std::string line;
  if (layout.bar > 0) line = bar_text(fraction, layout.bar);
  if (layout.percent) append(line, fmt::format("{:.0f}%", std::floor(100 * fraction)), kNoLimit);
  append(line, fmt::format("{}/{}", report.step, report.n_steps), kNoLimit);
  if (layout.phase && !report.phase.empty()) append(line, report.phase, kNoLimit);
  if (layout.speed) append(line, speed_text(report.images_per_second), kNoLimit);
  if (layout.left) append(line, duration_text(report.seconds_left) + " left", kNoLimit);
  return line;
}

/// Appends as many terms as fit, then "+n" for the others; returns how many did.
std::size_t append_terms(std::string& line, const Terms& terms, std::size_t room) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const std::string more = fmt::format("+{}", terms.size() - i);
    // The last term may use the room of the mark that would stand for it.
    const std::size_t reserved = i + 1 < terms.size() ? kGap.size() + more.size() : 0;
    if (line.size() + reserved <= room && append(line, term_text(terms[i]), room - reserved)) continue;
    append(line, more, room);
    return i;
  }
  return terms.size();
}

/// Gradient norms matter less than losses.
Terms losses_first(Terms terms) {
  std::ranges::stable_partition(terms, [](const auto& term) { return group_of(term.first).tag != "gradient_norm"; });
  return terms;
}

}  // namespace

std::string duration_text(double seconds) {
  constexpr double kLongest = 1000.0 * 24 * 3600;
  if (!(seconds >= 0 && seconds < kLongest)) return "?";
  const auto s = static_cast<std::int64_t>(std::ceil(seconds));  // "0:00" means done
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  if (s < 24 * 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{} d {}:{:02}", s / 86400, s / 3600 % 24, s / 60 % 60);
}

std::string progress_line(const StepReport& report, std::size_t columns) {
  const std::size_t room = std::max<std::size_t>(columns, 2) - 1;
  const Terms terms = losses_first(report.terms);
  for (std::size_t n_terms = std::min<std::size_t>(terms.size(), 2);; --n_terms) {
    const std::size_t n_layouts = n_terms > 0 ? kLayoutsWithTerms : kLayouts.size();
    for (std::size_t i = 0; i < n_layouts; ++i) {
      std::string line = laid_out(report, kLayouts[i]);
      if (line.size() <= room && append_terms(line, terms, room) >= n_terms) return line;
    }
    if (n_terms == 0) return laid_out(report, kLayouts.back()).substr(0, room);
  }
}

std::string plain_progress_line(const StepReport& report) {
  std::string line =
      fmt::format("step {}/{} ({:.0f} %)", report.step, report.n_steps, std::floor(100 * fraction_done(report)));
  for (const std::string& text : {std::string(report.phase), speed_text(report.images_per_second),
                                  duration_text(report.seconds_left) + " left"}) {
    if (!text.empty()) append(line, text, std::string::npos);
  }
  for (const auto& term : losses_first(report.terms)) append(line, term_text(term), std::string::npos);
  return line;
}

}  // namespace genga::train
