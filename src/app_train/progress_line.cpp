// Which parts of a run's progress are shown in how many columns.
#include "app_train/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/progress_bar.h"

namespace genga::cli {
namespace {

constexpr std::string_view kGap = "  ";

double fraction_done(const train::StepReport& report) {
  return static_cast<double>(report.step) / static_cast<double>(std::max<std::int64_t>(report.n_steps, 1));
}

std::string speed_text(double images_per_second) {
  const int digits = images_per_second >= 100 ? 0 : images_per_second >= 1 ? 1 : 3;
  return fmt::format("{:.{}f} images/s", images_per_second, digits);
}

std::string term_text(const std::pair<std::string, double>& term) {
  return fmt::format("{} {:.3g}", term.first, term.second);
}

/// Appends with a gap, if both fit.
bool append(std::string& line, std::string_view text, std::size_t space) {
  const std::size_t gap = line.empty() ? 0 : kGap.size();
  if (line.size() + gap + text.size() > space) return false;
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

std::string laid_out(const train::StepReport& report, const Layout& layout) {
  constexpr std::size_t kNoLimit = std::string::npos;
  const double fraction = fraction_done(report);
  std::string line;
  if (layout.bar > 0) line = bar_text(fraction, layout.bar, false);
  if (layout.percent) append(line, fmt::format("{:.0f}%", std::floor(100 * fraction)), kNoLimit);
  append(line, fmt::format("{}/{}", report.step, report.n_steps), kNoLimit);
  if (layout.phase && !report.phase.empty()) append(line, report.phase, kNoLimit);
  if (layout.speed) append(line, speed_text(report.images_per_second), kNoLimit);
  if (layout.left) append(line, format_duration(report.seconds_left) + " left", kNoLimit);
  return line;
}

/// Appends as many terms as fit, then "+n" for the others; returns how many did.
std::size_t append_terms(std::string& line, const train::Terms& terms, std::size_t space) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const std::string more = fmt::format("+{}", terms.size() - i);
    // The last term may use the space of the mark that would stand for it.
    const std::size_t reserved = i + 1 < terms.size() ? kGap.size() + more.size() : 0;
    if (line.size() + reserved <= space && append(line, term_text(terms[i]), space - reserved)) continue;
    append(line, more, space);
    return i;
  }
  return terms.size();
}

/// Gradient norms matter less than losses.
train::Terms losses_first(train::Terms terms) {
  std::stable_partition(terms.begin(), terms.end(), [](const auto& term) { return !term.first.starts_with("grad_"); });
  return terms;
}

}  // namespace

std::string progress_line(const train::StepReport& report, std::size_t columns, bool color) {
  const std::size_t space = std::max<std::size_t>(columns, 2) - 1;
  const train::Terms terms = losses_first(report.terms);
  for (std::size_t n_terms = std::min<std::size_t>(terms.size(), 2);; --n_terms) {
    const std::size_t n_layouts = n_terms > 0 ? kLayoutsWithTerms : kLayouts.size();
    for (std::size_t i = 0; i < n_layouts; ++i) {
      std::string line = laid_out(report, kLayouts[i]);
      if (line.size() <= space && append_terms(line, terms, space) >= n_terms) {
        if (color && kLayouts[i].bar > 0) {
          line.replace(0, line.find(' '), bar_text(fraction_done(report), kLayouts[i].bar, true));
        }
        return line;
      }
    }
    if (n_terms == 0) return laid_out(report, kLayouts.back()).substr(0, space);
  }
}

std::string plain_progress_line(const train::StepReport& report) {
  std::string line =
      fmt::format("step {}/{} ({:.0f} %)", report.step, report.n_steps, std::floor(100 * fraction_done(report)));
  for (const std::string& text : {std::string(report.phase), speed_text(report.images_per_second),
                                  format_duration(report.seconds_left) + " left"}) {
    if (!text.empty()) append(line, text, std::string::npos);
  }
  for (const auto& term : losses_first(report.terms)) append(line, term_text(term), std::string::npos);
  return line;
}

}  // namespace genga::cli
