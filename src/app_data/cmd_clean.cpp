// genga data clean: drops what is spoilt or there twice, by decisions that can be taken back.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "app_data/commands.h"
#include "app_data/file_list.h"
#include "cli/checks.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.clean.2";

struct Given {
  double limit = 0;
  bool off = false;
  CLI::Option* option = nullptr;
};

struct Flags {
  std::string folder;
  std::map<std::string, Given> checks;
  bool no_duplicates = false, verify = false, undo = false, dry_run = false, json = false, quiet = false;
  int threads = 0;
};

curate::CleanOptions options_of(const Flags& flags) {
  curate::CleanOptions options;
  for (const auto& [name, given] : flags.checks) {
    if (given.off) {
      options.limits[name] = std::nullopt;
    } else if (given.option->count() > 0) {
      options.limits[name] = given.limit;
    }
  }
  options.duplicates = !flags.no_duplicates;
  options.verify = flags.verify;
  options.dry_run = flags.dry_run;
  options.threads = flags.threads;
  options.cancel = &interrupted();
  return options;
}

std::string counts_text(const curate::CleanReport& report) {
  std::string text;
  for (const auto& [check, n] : report.counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", check, n);
  return text;
}

void say_report(const curate::CleanReport& report, const Flags& flags) {
  if (report.new_manifest) {
    say(fmt::format("'{}' had no manifest: {} its images' licences are unknown; set them with genga data manifest {}",
                    flags.folder, flags.dry_run ? "one would be made;" : "one was made;", flags.folder));
  } else {
    say_files("new in the folder, now in the manifest:", report.survey.added);
  }
  say_files("changed since they were described, measured again:", report.survey.changed);
  for (const std::string& file : report.survey.missing) {
    say(fmt::format("'{}' is in the manifest, but no longer in the folder", file));
  }
  for (const auto& [file, why] : report.unreadable) say_error(why);
  say(fmt::format(
      "{}: {} images, {} kept, {} dropped{}{}", flags.folder, report.images, report.kept, report.dropped,
      report.counts.empty() ? "" : " (" + counts_text(report) + ")",
      report.dropped_before > 0 ? fmt::format("; {} of them by other steps or by hand", report.dropped_before) : ""));
  if (flags.dry_run) say("nothing was written (--dry-run)");
  if (!report.drops.empty() && !flags.dry_run) {
    say(
        fmt::format("nothing was deleted; look with genga data contact-sheet {0} -o sheet.html, take back with genga "
                    "data clean {0} --undo",
                    flags.folder));
  }
}

Json decision_json(const dataset::Decision& decision) {
  Json json{{"check", decision.check}, {"note", decision.note}};
  if (decision.value) json["value"] = *decision.value;
  if (decision.limit) json["limit"] = *decision.limit;
  return json;
}

Json report_json(const curate::CleanReport& report, const Flags& flags) {
  Json unreadable = Json::array(), dropped = Json::array();
  for (const auto& [file, why] : report.unreadable) unreadable.push_back({{"file", file}, {"reason", why}});
  for (const auto& [file, decisions] : report.drops) {
    Json reasons = Json::array();
    for (const dataset::Decision& decision : decisions) reasons.push_back(decision_json(decision));
    dropped.push_back({{"file", file}, {"reasons", reasons}});
  }
  return {{"schema", kSchema},
          {"folder", flags.folder},
          {"new_manifest", report.new_manifest},
          {"dry_run", flags.dry_run},
          {"images", report.images},
          {"measured", report.measured},
          {"kept", report.kept},
          {"dropped", report.dropped},
          {"dropped_before", report.dropped_before},
          {"counts", report.counts},
          {"added", report.survey.added},
          {"changed", report.survey.changed},
          {"missing", report.survey.missing},
          {"unreadable", unreadable},
          {"drops", dropped}};
}

int undo(const Flags& flags) {
  dataset::Manifest manifest = dataset::read_manifest(flags.folder);
  const std::int64_t n = curate::undo_clean(manifest);
  if (!flags.dry_run) dataset::save_manifest(manifest);
  if (!flags.quiet) {
    say(fmt::format("{}: the decisions of clean {} taken back from {} image{}", flags.folder,
                    flags.dry_run ? "would be" : "are", n, n == 1 ? "" : "s"));
  }
  if (flags.json) print_json({{"schema", kSchema}, {"folder", flags.folder}, {"undone", n}});
  return 0;
}

int run(const Flags& flags) {
  image::init(1);
  if (flags.undo) return undo(flags);
  curate::CleanOptions options = options_of(flags);
  ProgressBar bar(flags.quiet ? TerminalStyle{} : stderr_style(), 1, ProgressBar::Unit::kOther);
  bar.begin_item(0, "measuring");
  options.progress = [&](std::int64_t done, std::int64_t total) { bar.update(done, total); };
  const curate::CleanReport report = curate::clean_collection(flags.folder, options);
  bar.erase();
  if (!flags.quiet) say_report(report, flags);
  if (flags.json) print_json(report_json(report, flags));
  if (report.unreadable.empty()) return 0;
  return std::ssize(report.unreadable) == report.images ? kAllFailed : kSomeFailed;
}

void add_checks(CLI::App& app, Flags& flags) {
  for (const curate::Check& check : curate::checks()) {
    const std::string name(check.name);
    Given& given = flags.checks[name];
    given.option = app.add_option("--" + name, given.limit, fmt::format("{} (default {:g})", check.help, check.limit))
                       ->type_name("LIMIT")
                       ->check(number_in(check.low, check.high))
                       ->group("Checks");
    app.add_flag("--no-" + name, given.off, fmt::format("Turn the check {} off", name))->group("Checks turned off");
  }
  app.add_flag("--no-duplicate", flags.no_duplicates, "Do not look for files with the same bytes or pixels")
      ->group("Checks turned off");
}

}  // namespace

Command add_data_clean(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("clean", "Drop blurred, grey, empty and text-filled images and duplicates; delete none");
  auto flags = std::make_shared<Flags>();
  Flags& f = *flags;
  app->add_option("FOLDER", f.folder, "The collection, or a folder of images")->required()->type_name("PATH");
  add_checks(*app, f);
  app->add_flag("--undo", f.undo, "Undo all decisions of clean");
  app->add_flag("--verify", f.verify, "Hash every file, to find those that changed without changing their length");
  app->add_flag("--dry-run", f.dry_run, "Say what would be dropped; write nothing");
  app->add_option("-j,--threads", f.threads, "Threads; 0: all cores")->type_name("N")->check(integer_in(0, 1024));
  app->add_flag("--json", f.json, "Print one JSON document");
  app->add_flag("-q,--quiet", f.quiet, "Print errors only");
  app->footer(R"(Examples:
  genga data clean drawings                    # limits suit photos and drawings
  genga data clean manga --no-grey --no-white  # drawn in black on white
  genga data clean drawings --blur 1.2 --dry-run

A second run with other limits is quick: what was measured is remembered.
Exit status: 0 done; 3 done, but some images cannot be read.)");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
