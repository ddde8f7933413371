// genga data contact-sheet: a page to look at a collection.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app_data/commands.h"
#include "cli/checks.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.contact-sheet.2";

struct Flags {
  std::string folder, output, max_size;
  curate::ContactSheetOptions options;
  bool overwrite = false, json = false, quiet = false;
};

int run(const Flags& flags) {
  if (std::filesystem::exists(flags.output) && !flags.overwrite) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; give --overwrite to replace it", flags.output);
  }
  image::init(1);
  curate::ContactSheetOptions options = flags.options;
  if (!flags.max_size.empty()) options.max_bytes = parse_bytes(flags.max_size);
  options.cancel = &interrupted();
  ProgressBar bar(flags.quiet ? TerminalStyle{} : stderr_style(), 1, ProgressBar::Unit::kOther);
  bar.begin_item(0, "thumbnails");
  options.progress = [&](std::int64_t done, std::int64_t total) { bar.update(done, total); };
  const auto report = curate::write_contact_sheet(dataset::read_manifest(flags.folder), flags.output, options);
  bar.erase();
  if (!flags.quiet) {
    say(fmt::format("{}: {} thumbnails of {} images, {}{}", flags.output, report.shown, report.images,
                    format_bytes(report.bytes),
                    report.unreadable > 0 ? fmt::format("; {} cannot be shown", report.unreadable) : ""));
  }
  if (flags.json) {
    print_json({{"schema", kSchema},
                {"folder", flags.folder},
                {"page", flags.output},
                {"images", report.images},
                {"shown", report.shown},
                {"unreadable", report.unreadable},
                {"bytes", report.bytes}});
  }
  return 0;
}

}  // namespace

Command add_data_contact_sheet(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("contact-sheet", "Write a page with all images: kept, dropped and why, duplicates");
  app->alias("sheet");  // its old name
  auto flags = std::make_shared<Flags>();
  Flags& f = *flags;
  app->add_option("FOLDER", f.folder, "The collection")->required()->type_name("PATH");
  app->add_option("-o,--output", f.output, "The page, e.g. sheet.html")->required()->type_name("FILE");
  app->add_option("--limit", f.options.limit, "Thumbnails at most, evenly spread (default 2000)")
      ->type_name("N")
      ->check(integer_in(1, 1000000));
  app->add_option("--thumbnail", f.options.thumbnail_px, "Longer side of a thumbnail in pixels (default 192)")
      ->type_name("N")
      ->check(integer_in(16, 1024));
  app->add_option("--max-size", f.max_size, "Size of the page at most (default 64M)")
      ->type_name("BYTES")
      ->check(memory_text());
  app->add_option("-j,--threads", f.options.threads, "Threads; 0: all cores")
      ->type_name("N")
      ->check(integer_in(0, 1024));
  app->add_flag("--overwrite", f.overwrite, "Replace the page if it exists");
  app->add_flag("--json", f.json, "Print one JSON document");
  app->add_flag("-q,--quiet", f.quiet, "Print errors only");
  app->footer("Examples:\n  genga data contact-sheet drawings -o sheet.html");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
