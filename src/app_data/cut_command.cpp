// Options, progress, summary and report of the commands that cut new collections.
#include "app_data/cut_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/checks.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

std::string counted(std::int64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

void say_problems(const std::vector<curate::CutProblem>& problems) {
  constexpr std::size_t kShown = 5;
  const std::size_t n = std::min(problems.size(), kShown);
  for (std::size_t i = 0; i < n; ++i) say_error(problems[i].error.what());
  if (problems.size() > n) say(fmt::format("and {} more errors; --json lists all", problems.size() - n));
}

void say_summary(const CutFlags& flags, const CutWords& words, const curate::CutReport& report) {
  const auto failed = static_cast<std::int64_t>(report.problems.size());
  std::string line = fmt::format("{} new {} from {}", report.images, report.images == 1 ? words.piece : words.pieces,
                                 counted(report.sources - report.done_before, words.source, words.sources));
  line += fmt::format(" in '{}'", flags.output);
  if (report.done_before > 0) line += fmt::format("; {} done before, or of the same content", report.done_before);
  say(line);
  if (report.not_kept > 0) {
    say(fmt::format("  not looked at, because they are not kept in their collection: {}", report.not_kept));
  }
  if (report.empty > 0) {
    say(fmt::format("  {} {}", counted(report.empty, words.source, words.sources), words.empty));
  }
  for (const auto& [reason, n] : report.left_out) say(fmt::format("  left out, {}: {}", reason, n));
  for (const auto& [name, value] : report.measures) say(fmt::format("  {}: {:.6g}", name, value));
  for (const std::string& note : report.notes) say("  " + note);
  if (failed > 0) say(fmt::format("  could not be read or used: {}", failed));
  if (report.cancelled) say("interrupted; nothing is lost, the same command goes on from here");
}

Json report_json(const CutFlags& flags, const CutWords& words, const curate::CutReport& report) {
  Json problems = Json::array();
  for (const curate::CutProblem& problem : report.problems) {
    problems.push_back({{"file", problem.file}, {"error", to_json(problem.error)}});
  }
  return {{"schema", words.schema},      {"output", flags.output},
          {"sources", report.sources},   {"done_before", report.done_before},
          {"empty", report.empty},       {"not_kept", report.not_kept},
          {"images", report.images},     {"left_out", report.left_out},
          {"measures", report.measures}, {"notes", report.notes},
          {"problems", problems},        {"interrupted", report.cancelled}};
}

int status_of(const curate::CutReport& report) {
  if (report.cancelled) return exit_status(ErrorCode::kCancelled);
  std::vector<Error> errors;
  for (const curate::CutProblem& problem : report.problems) errors.push_back(problem.error);
  return batch_status(static_cast<std::size_t>(report.sources), errors);
}

}  // namespace

void add_cut_options(CLI::App& app, CutFlags& f, const std::string& inputs, const std::string& inputs_help) {
  app.add_option(inputs, f.inputs, inputs_help)->required()->type_name("PATH");
  app.add_option("-o,--output", f.output, "Folder of the new collection; may be continued")
      ->required()
      ->type_name("FOLDER")
      ->group("Output");
  app.add_option("-f,--format", f.format, "Format of the images (default png)")
      ->type_name("png|webp|jpeg")
      ->check(one_of({"png", "webp", "jpeg", "jpg"}))
      ->group("Output");
  app.add_option("--quality", f.quality, "100 is lossless where the format can (default: by format)")
      ->type_name("1..100")
      ->check(integer_in(1, 100))
      ->group("Output");
  app.add_option("-j,--threads", f.threads, "Threads; 0: all cores (default)")
      ->type_name("N")
      ->check(integer_in(0, 1024))
      ->group("Output");
  app.add_flag("--json", f.json, "Print one JSON document about what was done")->group("Output");
  app.add_flag("-q,--quiet", f.quiet, "Print errors only")->group("Output");
}

int run_cut_command(const CutFlags& flags, const CutWords& words, const CutCall& call) {
  return with_json_errors(flags.json, std::string(words.schema), [&] {
    image::init(1);  // many images at once, each on one thread
    std::optional<ProgressBar> bar;
    std::int64_t current = -1;
    std::string name;
    curate::CutOptions options{.output = flags.output,
                               .format = flags.format,
                               .quality = flags.quality,
                               .threads = flags.threads,
                               .cancel = &interrupted()};
    options.progress = [&](std::int64_t done, std::int64_t total, const std::string& file, double part) {
      if (flags.quiet) return;
      if (!bar) bar.emplace(stderr_style(), static_cast<std::size_t>(total), ProgressBar::Unit::kOther);
      if (done != current || file != name) bar->begin_item(static_cast<std::size_t>(done), file);
      current = done;
      name = file;
      bar->update(static_cast<std::int64_t>(part * 1000), 1000);
    };
    const curate::CutReport report = call({flags.inputs.begin(), flags.inputs.end()}, options);
    bar.reset();
    say_problems(report.problems);
    if (!flags.quiet) say_summary(flags, words, report);
    if (flags.json) print_json(report_json(flags, words, report));
    return status_of(report);
  });
}

}  // namespace genga::cli
