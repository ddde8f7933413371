// A fetch in words and as JSON.
#include "app_data/fetch_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "cli/terminal.h"

namespace genga::cli {
namespace {

constexpr std::size_t kShown = 5;

/// What a code means, for one or many: "3 are gone".
std::string_view meaning(const std::string& code) {
  static const std::map<std::string, std::string_view, std::less<>> kMeanings{
      {"not_found", "gone"},
      {"wrong_type", "no image that we read"},
      {"too_large", "larger than --max-bytes"},
      {"too_small", "smaller than --min-side"},
      {"too_many_pixels", "too many pixels"},
      {"broken", "cut short or damaged"},
      {"mismatch", "not what their checksum says"},
      {"forbidden", "at a forbidden address"},
      {"robots", "closed by robots.txt"},
      {"network", "network or server"},
  };
  const auto found = kMeanings.find(code);
  return found == kMeanings.end() ? "other" : found->second;
}

/// " (2 gone, 1 closed by robots.txt)"; empty if this run saw none of them.
std::string reasons(const fetch::FetchReport& report, bool may_pass) {
  std::map<std::string_view, int> counts;
  for (const auto& problem : report.problems) {
    if (problem.may_pass == may_pass && problem.code != "passed_over") ++counts[meaning(problem.code)];
  }
  std::vector<std::string> words;
  for (const auto& [what, n] : counts) words.push_back(fmt::format("{} {}", n, what));
  return words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", "));
}

std::string plural(std::int64_t n, std::string_view word) {
  return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
}

std::string counts_text(const fetch::FetchReport& report) {
  const auto& c = report.counts;
  std::vector<std::string> words{plural(c.stored, "new image")};
  const auto add = [&](std::int64_t n, std::string_view text) {
    if (n > 0) words.push_back(fmt::format("{} {}", n, text));
  };
  add(c.known, "there already");
  add(c.unchanged, "asked for again and unchanged");
  add(c.replaced, "newer than those that were there");
  add(c.duplicates, "the same as others");
  add(c.passed_over, "passed over by the source");
  add(c.refused, "refused" + reasons(report, false));
  add(c.failed, "failed" + reasons(report, true));
  return fmt::format("{}", fmt::join(words, ", "));
}

Json counts_json(const fetch::FetchCounts& c) {
  return {{"stored", c.stored},       {"unlicensed", c.unlicensed}, {"known", c.known},
          {"unchanged", c.unchanged}, {"replaced", c.replaced},     {"duplicates", c.duplicates},
          {"refused", c.refused},     {"failed", c.failed},         {"passed_over", c.passed_over}};
}

Json sources_json(const fetch::FetchReport& report) {
  Json list = Json::array();
  for (const auto& source : report.sources) {
    Json row{{"source", source.source},
             {"kind", source.kind},
             {"finished", source.finished},
             {"counts", counts_json(source.counts)},
             {"notice", source.notice}};
    if (source.error) row["error"] = to_json(*source.error);
    list.push_back(std::move(row));
  }
  return list;
}

Json problems_json(const fetch::FetchReport& report) {
  Json list = Json::array();
  for (const auto& problem : report.problems) {
    list.push_back(
        {{"what", problem.what}, {"code", problem.code}, {"reason", problem.reason}, {"may_pass", problem.may_pass}});
  }
  return list;
}

}  // namespace

std::string count_line(const fetch::FetchCounts& counts, std::string_view source, int columns) {
  std::string text = fmt::format("{} new, {} there already, {} refused, {} failed  {}", counts.stored, counts.known,
                                 counts.refused, counts.failed, printable(source));
  text.resize(std::min(text.size(), static_cast<std::size_t>(std::max(columns - 1, 1))));
  return text;
}

void say_problems(const fetch::FetchReport& report) {
  const auto& problems = report.problems;
  for (std::size_t i = 0; i < std::min(problems.size(), kShown); ++i) {
    const auto& p = problems[i];
    const bool named = p.reason.find(p.what) != std::string::npos;
    say(printable(named ? p.reason : fmt::format("{}: {}", p.what, p.reason)));
  }
  if (problems.size() > kShown) say(fmt::format("and {} more like these", problems.size() - kShown));
  for (const auto& source : report.sources) {
    if (!source.notice.empty()) say(fmt::format("{}: {}", printable(source.source), printable(source.notice)));
  }
}

void say_summary(const fetch::FetchReport& report, const std::string& folder) {
  const auto& c = report.counts;
  say_problems(report);
  say(fmt::format("{}: {}", printable(folder), counts_text(report)));
  if (c.unlicensed > 0) {
    say(
        fmt::format("{} of the new images came without a licence that we know, so a model card will say 'unknown'; "
                    "if you know it: genga data manifest {} --licence ...",
                    c.unlicensed, printable(folder)));
  }
  if (c.failed + c.refused > 0) say(fmt::format("what could not be had is listed in {}/fetch-failures.jsonl", folder));
  if (report.interrupted) {
    say("interrupted; run the same command again to go on from here");
  } else if (c.failed > 0) {
    say("run the same command again to try the failed ones once more");
  }
}

Json report_json(const fetch::FetchReport& report) {
  return {{"counts", counts_json(report.counts)},
          {"sources", sources_json(report)},
          {"problems", problems_json(report)},
          {"interrupted", report.interrupted}};
}

Json offers_json(const std::vector<fetch::Offer>& offers, const fetch::FetchReport& report) {
  Json list = Json::array();
  for (const auto& offer : offers) {
    list.push_back({{"url", offer.url},
                    {"page", offer.page},
                    {"licence", offer.licence},
                    {"author", offer.author},
                    {"title", offer.title},
                    {"width", offer.width},
                    {"height", offer.height}});
  }
  return {{"offers", list}, {"sources", sources_json(report)}, {"problems", problems_json(report)}};
}

}  // namespace genga::cli
