// genga data split: which images training does not see.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "app_data/commands.h"
#include "cli/checks.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/clean.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.split.1";

struct Flags {
  std::string folder, held_out = "10%";
  std::uint64_t seed = 0;
  bool by_group = true, dry_run = false, json = false, quiet = false;
};

/// "10%" or "200".
curate::SplitOptions options_of(const Flags& flags) {
  curate::SplitOptions options;
  options.seed = flags.seed;
  options.by_group = flags.by_group;
  const bool is_fraction = flags.held_out.ends_with('%');
  const char* end = flags.held_out.data() + flags.held_out.size() - (is_fraction ? 1 : 0);
  double value = -1;
  const auto [at, error] = std::from_chars(flags.held_out.data(), end, value);
  const bool is_count = value <= 1e15 && value == std::floor(value);
  if (error != std::errc() || at != end || !(value >= 0) || (is_fraction ? !(value < 100) : !is_count)) {
    fail(ErrorCode::kInvalidArgument, "--held-out is '{}', expected a fraction below 100% or a number of images",
         flags.held_out);
  }
  if (is_fraction) {
    options.fraction = value / 100;
  } else {
    options.count = static_cast<std::int64_t>(value);
  }
  return options;
}

/// What people may not expect.
void say_notes(const curate::SplitReport& report, const curate::SplitOptions& options) {
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(report.notes.size(), kShown); ++i) say(printable(report.notes[i]));
  if (report.notes.size() > kShown) say(fmt::format("and {} more groups like these", report.notes.size() - kShown));
  const std::int64_t n = report.train + report.held_out;
  if (options.count || options.fraction == 0 || n == 0) return;
  const double wanted = options.fraction * static_cast<double>(n);
  const auto held_out = static_cast<double>(report.held_out);
  if (report.held_out == 0) {
    say("nothing is held out: there is one image, or one group of images that are alike");
  } else if (std::abs(held_out - wanted) > std::max(2.0, wanted / 2)) {
    say(fmt::format(
        "{} are held out where {:.0f} were asked for, since groups go as a whole; --held-out {:.0f} is exact",
        report.held_out, wanted, wanted));
  }
}

int run(const Flags& flags) {
  const curate::SplitOptions options = options_of(flags);
  dataset::Manifest manifest = dataset::read_manifest(flags.folder);
  const curate::SplitReport report = curate::split_collection(manifest, options);
  if (!flags.dry_run) dataset::save_manifest(manifest);
  if (!flags.quiet) {
    say(fmt::format(
        "{}: {} images to train on, {} held out{}; {} changed sides{}", flags.folder, report.train, report.held_out,
        report.groups > 0 ? fmt::format("; {} groups of images that belong together stay together", report.groups) : "",
        report.moved, flags.dry_run ? " (--dry-run: nothing was written)" : ""));
    say_notes(report, options);
  }
  if (flags.json) {
    print_json({{"schema", kSchema},
                {"folder", flags.folder},
                {"train", report.train},
                {"held_out", report.held_out},
                {"groups", report.groups},
                {"moved", report.moved},
                {"notes", report.notes}});
  }
  return 0;
}

}  // namespace

Command add_data_split(CLI::App& program) {
  CLI::App* app = program.add_subcommand("split", "Hold a fraction of the images out from training");
  auto flags = std::make_shared<Flags>();
  Flags& f = *flags;
  app->add_option("FOLDER", f.folder, "The collection")->required()->type_name("PATH");
  app->add_option(
         "--held-out", f.held_out,
         "How many: 10% (default), about; or a number, exactly; with a fraction, few images change sides later")
      ->type_name("FRACTION");
  app->add_option("--seed", f.seed, "Another number gives another choice (default 0)")
      ->type_name("N")
      ->check(integer_in(0, std::int64_t{1} << 62));
  app->add_flag("--by-group,!--no-groups", f.by_group,
                "Copies stay on one side, and cuts of one file and images of one page if they are few (default; "
                "--no-groups: each "
                "alone)");
  app->add_flag("--dry-run", f.dry_run, "Say what would change; write nothing");
  app->add_flag("--json", f.json, "Print one JSON document");
  app->add_flag("-q,--quiet", f.quiet, "Print errors only");
  app->footer(R"(Examples:
  genga data split drawings
  genga data split drawings --held-out 200 --seed 7

Run clean first: it finds the copies that must not lie on both sides.)");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
