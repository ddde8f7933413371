// The table of checks with their default limits, and the sentences that explain a decision.
#include "curate/clean/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "curate/clean/measures.h"
#include "genga/error.h"

namespace genga::curate {
namespace {

// The defaults keep hand-chosen photographs and drawings and drop spoilt copies of them: docs/data.md, "Cleaning".
constexpr std::array<Check, 12> kChecks{{
    {"size", "short_side", false, 100, 1, 1e6, "shorter side in pixels, at least"},
    {"aspect", "aspect", true, 5, 1, 1e6, "longer side through shorter side, at most"},
    {"blur", "blur", true, 1.45, 0.2, 20, "width of the sharpest edges at 1024 px, in pixels, at most"},
    {"noise", "noise", true, 10, 0, 255, "grain where the image is quiet, in levels of 255, at most"},
    {"blocks", "blocks", true, 3, 0, 20, "steps at the borders of JPEG blocks, in levels, at most"},
    {"grey", kColorMeasure, false, 5, 0, 255,
     "color: levels between the channels in the most colorful twentieth, at least"},
    {"detail", "detail", false, 0.05, 0, 1, "fraction of the area in which something is to be seen, at least"},
    {"white", "white", true, 0.85, 0, 1, "fraction of white paper, at most"},
    {"dark", "lights", false, 40, 0, 255, "level of the brightest parts, at least"},
    {"bright", "darks", true, 215, 0, 255, "level of the darkest parts, at most"},
    {"text", "text", true, 0.2, 0, 1, "fraction of the area covered by lines of text, at most"},
    {"near-duplicate", "similarity", false, 0.95, 0.9, 1, "how alike two images must be to count as one, 1: equal"},
}};

std::string words_of(const Check& check, double value, double limit) {
  const auto per_cent = [](double fraction) { return fmt::format("{:.0f} %", 100 * fraction); };
  const std::string_view name = check.name;
  if (name == "size") return fmt::format("small: its shorter side has {:g} pixels, at least {:g} wanted", value, limit);
  if (name == "aspect") return fmt::format("a strip: {:.1f} times as long as wide, at most {:g} wanted", value, limit);
  if (name == "blur")
    return fmt::format("blurred: its sharpest edges are {:.2g} pixels wide, at most {:g} wanted", value, limit);
  if (name == "noise") return fmt::format("noisy: grain of {:.0f} levels, at most {:g} wanted", value, limit);
  if (name == "blocks")
    return fmt::format("compressed so strongly that blocks show: steps of {:.1f} levels, at most {:g} wanted", value,
                       limit);
  if (name == "grey") return fmt::format("grey: colors reach {:.0f} levels, at least {:g} wanted", value, limit);
  if (name == "detail")
    return fmt::format("nearly empty: {} of its area shows something, at least {} wanted", per_cent(value),
                       per_cent(limit));
  if (name == "white")
    return fmt::format("mostly white: {} of its area, at most {} wanted", per_cent(value), per_cent(limit));
  if (name == "dark")
    return fmt::format("dark: its brightest parts reach level {:.0f}, at least {:g} wanted", value, limit);
  if (name == "bright")
    return fmt::format("pale: its darkest parts reach level {:.0f}, at most {:g} wanted", value, limit);
  return fmt::format("full of text: {} of its area, at most {} wanted", per_cent(value), per_cent(limit));
}

}  // namespace

std::span<const Check> checks() {
  return kChecks;
}

const Check& check_named(std::string_view name) {
  return *std::find_if(kChecks.begin(), kChecks.end(), [&](const Check& c) { return c.name == name; });
}

std::optional<double> limit_of(const CleanOptions& options, const Check& check) {
  const auto given = options.limits.find(check.name);
  return given == options.limits.end() ? std::optional(check.limit) : given->second;
}

void require_valid(const CleanOptions& options) {
  std::vector<std::string> names;
  for (const Check& check : kChecks) names.emplace_back(check.name);
  for (const auto& [name, limit] : options.limits) {
    const auto known =
        std::find_if(kChecks.begin(), kChecks.end(), [&name = name](const Check& c) { return c.name == name; });
    if (known == kChecks.end()) {
      fail(ErrorCode::kInvalidArgument, "'{}' is no check of clean{}", name, did_you_mean(name, names));
    }
    if (limit && !(*limit >= known->low && *limit <= known->high)) {
      fail(ErrorCode::kInvalidArgument, "limit of {} is {}, expected {} to {}", name, *limit, known->low, known->high);
    }
  }
}

void judge(dataset::Entry& entry, const CleanOptions& options) {
  for (const Check& check : kChecks) {
    const std::optional<double> limit = limit_of(options, check);
    const auto measured = entry.measures.find(std::string(check.measure));
    if (check.name == kNear || !limit || measured == entry.measures.end()) continue;
    const double value = measured->second;
    if (check.maximum ? value <= *limit : value >= *limit) continue;
    entry.decisions.push_back({.step = std::string(kStep),
                               .check = std::string(check.name),
                               .keep = false,
                               .value = value,
                               .limit = limit,
                               .note = words_of(check, value, *limit)});
  }
}

}  // namespace genga::curate
