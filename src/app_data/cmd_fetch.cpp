// genga data fetch: images from the web, from APIs and from disk into a collection.
#include <cstdlib>
#include <memory>

#include "app_data/commands.h"
#include "app_data/fetch_output.h"
#include "app_data/licence_option.h"
#include "cli/checks.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/dataset.h"
#include "genga/fetch.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.fetch.1";

struct Flags {
  std::string folder, max_bytes;
  double rate = 1;  // requests a second to one host
  bool dry_run = false, json = false, quiet = false;
  fetch::FetchOptions options{};
};

fetch::FetchOptions options_of(const Flags& flags) {
  fetch::FetchOptions options = flags.options;
  options.folder = flags.folder;
  options.seconds_between_requests = 1 / flags.rate;
  options.licence = known_licence(flags.options.licence, !flags.quiet);
  if (!flags.max_bytes.empty()) options.max_bytes = parse_bytes(flags.max_bytes);
  const char* key = std::getenv("GENGA_API_KEY");  // a command line can be read by everybody on the machine
  if (options.key.empty() && key != nullptr) options.key = key;
  options.cancel = &interrupted();
  return options;
}

int list_only(const Flags& flags) {
  fetch::FetchReport report;
  const auto offers = fetch::list_offers(options_of(flags), report);
  if (flags.json) {
    Json document{{"schema", kSchema}};
    document.update(offers_json(offers, report));
    print_json(document);
  } else {
    for (const auto& offer : offers) write_stdout(offer.url + "\n");
  }
  if (!flags.quiet) {
    say(fmt::format("{} images are offered; nothing was fetched", offers.size()));
    say_problems(report);
  }
  return 0;
}

int status_of(const fetch::FetchReport& report) {
  if (report.interrupted) return exit_status(ErrorCode::kCancelled);
  const auto& c = report.counts;
  bool broke_off = false;
  for (const auto& source : report.sources) broke_off |= source.error.has_value();
  if (!broke_off && c.failed == 0 && c.refused == 0) return 0;
  if (c.stored + c.known + c.unchanged + c.replaced + c.duplicates == 0) return kAllFailed;
  return broke_off || c.failed > 0 ? kSomeFailed : 0;
}

int run(const Flags& flags) {
  image::init(1);  // many images at once, one thread each
  if (flags.dry_run) return list_only(flags);
  if (flags.folder.empty()) {
    fail(ErrorCode::kInvalidArgument, "no folder given: add -o FOLDER, or --dry-run to see what the sources offer");
  }
  fetch::FetchOptions options = options_of(flags);
  const TerminalStyle style = flags.quiet ? TerminalStyle{} : stderr_style();
  StatusLine line(style);
  options.progress = [&](const fetch::FetchCounts& counts, std::string_view source) {
    if (line.is_due()) line.show(count_line(counts, source, style.columns));
  };
  const fetch::FetchReport report = fetch::fetch(options);
  line.erase();
  for (const auto& source : report.sources) {
    if (source.error) say_error(fmt::format("{}: {}", printable(source.source), source.error->what()));
  }
  if (!flags.quiet) say_summary(report, flags.folder);
  if (flags.json) {
    Json document{{"schema", kSchema}, {"folder", flags.folder}};
    document.update(report_json(report));
    print_json(document);
  }
  return status_of(report);
}

void add_image_options(CLI::App& app, Flags& f) {
  auto& o = f.options;
  app.add_option("--licence,--license", o.licence, "Licence of images whose source names none: CC-BY-4.0, own, ...")
      ->type_name("LICENCE")
      ->group("Images");
  app.add_option("--author", o.author, "Who made them, if the source does not say")->type_name("NAME")->group("Images");
  app.add_option("--attribution", o.attribution, "The credit line, if the source gives none")
      ->type_name("TEXT")
      ->group("Images");
  app.add_option("--limit", o.limit, "Images of each source; those of earlier runs count (default: all)")
      ->type_name("N")
      ->check(integer_in(1, 1'000'000'000))
      ->group("Images");
  app.add_option("--min-side", o.min_side, "Images with a shorter side are left out (default 64)")
      ->type_name("N")
      ->default_val(64)
      ->check(integer_in(0, 100'000))
      ->group("Images");
  app.add_option("--max-bytes", f.max_bytes, "Larger files are left out (default 64M)")
      ->type_name("SIZE")
      ->check(memory_text())
      ->group("Images");
}

void add_source_options(CLI::App& app, Flags& f) {
  auto& o = f.options;
  app.add_option("--depth", o.depth, "Crawls: links away from the page; Commons: subcategories (default 1)")
      ->type_name("N")
      ->check(integer_in(0, 100))
      ->group("Sources");
  app.add_flag("--span-hosts", o.span_hosts, "Crawls: follow links to other hosts too")->group("Sources");
  app.add_option("--max-pages", o.max_pages, "Crawls: pages to look at (default 10000)")
      ->type_name("N")
      ->check(integer_in(1, 1'000'000))
      ->group("Sources");
  app.add_flag("--ignore-robots", o.ignore_robots, "Lists of addresses: fetch what robots.txt closes to programs")
      ->group("Sources");
  app.add_option("--rating", o.rating,
                 "Boards: general (or safe; the default), sensitive, questionable, explicit, any, or several: "
                 "general,sensitive")
      ->type_name("WORDS")
      ->group("Sources");
  app.add_option("--min-score", o.min_score, "Boards: lowest score of a post")
      ->type_name("N")
      ->check(integer_in(0, 1'000'000))
      ->group("Sources");
  app.add_option("--copy-width", o.copy_width,
                 "Commons: smaller copies at least so many pixels wide, not the originals")
      ->type_name("N")
      ->check(integer_in(1, 100'000))
      ->group("Sources");
  app.add_option("--api", o.api, "Another server that speaks the same API")->type_name("URL")->group("Sources");
  app.add_option("--user", o.user, "Name for APIs that ask for a login")->type_name("NAME")->group("Sources");
  app.add_option("--key", o.key, "Key for it (better: the variable GENGA_API_KEY)")->type_name("KEY")->group("Sources");
}

void add_patience_options(CLI::App& app, Flags& f) {
  auto& o = f.options;
  const auto add = [&](const char* name, double& value, double low, double high, const char* help) {
    app.add_option(name, value, help)->type_name("S")->check(number_in(low, high))->group("Patience");
  };
  app.add_option("--rate", f.rate, "Requests a second to one host (default 1)")
      ->type_name("R")
      ->check(number_in(0.001, 10'000))
      ->group("Patience");
  app.add_option("-j,--jobs", o.jobs, "Images fetched at once (default 8)")
      ->type_name("N")
      ->check(integer_in(1, 64))
      ->group("Patience");
  app.add_option("--retries", o.retries, "Further tries after a failure that may pass (default 4)")
      ->type_name("N")
      ->check(integer_in(0, 100))
      ->group("Patience");
  add("--back-off", o.back_off_s, 0.001, 3600,
      "Seconds before the second try, twice as many before each further one (default 1)");
  add("--longest-wait", o.longest_wait_s, 0.001, 86'400,
      "Give up a server that asks to wait for more seconds (default 120)");
  add("--stall", o.stall_s, 1, 3600, "Give up a server that sends almost nothing for so many seconds (default 30)");
  add("--timeout", o.timeout_s, 1, 86'400, "Seconds for one file (default 600)");
  app.add_flag("--allow-private", o.allow_private, "Also addresses of this machine and its network")->group("Patience");
}

void add_run_options(CLI::App& app, Flags& f) {
  app.add_option("-o,--output", f.folder, "The collection: a folder, new or with a manifest")
      ->type_name("FOLDER")
      ->group("Output");
  app.add_flag("--update", f.options.update, "Ask whether images that were fetched before have changed")
      ->group("Output");
  app.add_flag("--retry-all", f.options.retry_all, "Also try again what was refused")->group("Output");
  app.add_flag("--restart", f.options.restart, "List the sources from their beginning after an interrupted run")
      ->group("Output");
  app.add_flag("--dry-run", f.dry_run, "Print the addresses that the sources offer; fetch and write nothing")
      ->group("Output");
  app.add_flag("--json", f.json, "Print one JSON document about what was done")->group("Output");
  app.add_flag("-q,--quiet", f.quiet, "Print errors only")->group("Output");
}

std::string footer() {
  std::string text = "Sources:\n";
  for (const auto& kind : fetch::source_help()) {
    text += fmt::format("  {}\n", kind.spelling);
    for (const std::string& line : wrap(std::string(kind.help), 74)) text += fmt::format("      {}\n", line);
  }
  text += R"(
What was fetched is not fetched again: run the same command to go on after
Ctrl-C, or to get what is new.

Examples:
  genga data fetch commons:Category:Ukiyo-e -o drawings --limit 500
  genga data fetch links.csv -o drawings --licence CC0 --author "A. Painter"
  genga data fetch https://example.org/gallery -o drawings --depth 2
  genga data fetch old-images/ shard-{000..010}.tar -o drawings)";
  return text;
}

}  // namespace

Command add_data_fetch(CLI::App& program) {
  CLI::App* app = program.add_subcommand("fetch", "Fetch images from the web, APIs, folders and archives");
  auto flags = std::make_shared<Flags>();
  app->add_option("SOURCE", flags->options.sources, "Where from; see Sources below")->required()->type_name("SOURCE");
  add_image_options(*app, *flags);
  add_source_options(*app, *flags);
  add_patience_options(*app, *flags);
  add_run_options(*app, *flags);
  app->footer(footer());
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
