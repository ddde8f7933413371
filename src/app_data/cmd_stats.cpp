// genga data stats: what a collection holds.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app_data/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/clean.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.stats.2";
constexpr std::size_t kShown = 12;  // rows of a table

struct Flags {
  std::string folder;
  bool json = false;
};

using Counts = std::map<std::string, std::int64_t>;

/// Most first.
std::string table(std::string_view title, const Counts& counts) {
  if (counts.empty()) return "";
  std::vector<std::pair<std::int64_t, std::string>> rows;
  for (const auto& [name, n] : counts) rows.emplace_back(-n, name);
  std::sort(rows.begin(), rows.end());
  std::string text = fmt::format("\n{}\n", title);
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    text += fmt::format("{:8}  {}\n", -rows[i].first, printable(rows[i].second));
  }
  return rows.size() > kShown ? text + fmt::format("          and {} more\n", rows.size() - kShown) : text;
}

/// Small ranges first.
std::string side_table(const curate::CollectionStats& stats) {
  std::string text =
      fmt::format("\nShorter side, {} to {} px, median {}\n", stats.min_side, stats.largest_side, stats.median_side);
  std::vector<std::pair<int, std::string>> ranges;
  for (const auto& [range, n] : stats.short_sides) ranges.emplace_back(std::atoi(range.c_str()), range);
  std::sort(ranges.begin(), ranges.end());
  for (const auto& [low, range] : ranges) text += fmt::format("{:8}  {}\n", stats.short_sides.at(range), range);
  return text;
}

std::string text_of(const curate::CollectionStats& stats, const std::string& folder) {
  std::string text = fmt::format("{}: {} images, {} kept ({}), {} dropped\n", printable(folder), stats.images,
                                 stats.kept, format_bytes(stats.bytes), stats.dropped);
  if (stats.duplicate_groups > 0) {
    text += fmt::format("{} images are copies of one another, in {} groups\n", stats.in_duplicate_groups,
                        stats.duplicate_groups);
  }
  text += table("Dropped by (an image may have several reasons)", stats.reasons);
  if (stats.kept == 0) return text;
  return text + "\nOf the kept images:\n" + table("Licence", stats.licences) + table("Author", stats.authors) +
         table("Source", stats.sources) + table("Cut out as", stats.origins) + table("Split", stats.splits) +
         side_table(stats);
}

int run(const Flags& flags) {
  const curate::CollectionStats stats = curate::collection_stats(dataset::read_manifest(flags.folder));
  if (!flags.json) {
    write_stdout(text_of(stats, flags.folder));
    return 0;
  }
  print_json({{"schema", kSchema},
              {"folder", flags.folder},
              {"images", stats.images},
              {"kept", stats.kept},
              {"dropped", stats.dropped},
              {"bytes", stats.bytes},
              {"reasons", stats.reasons},
              {"licences", stats.licences},
              {"authors", stats.authors},
              {"sources", stats.sources},
              {"origins", stats.origins},
              {"splits", stats.splits},
              {"short_sides", stats.short_sides},
              {"short_side", {{"min", stats.min_side}, {"median", stats.median_side}, {"max", stats.largest_side}}},
              {"duplicate_groups", stats.duplicate_groups},
              {"in_duplicate_groups", stats.in_duplicate_groups}});
  return 0;
}

}  // namespace

Command add_data_stats(CLI::App& program) {
  CLI::App* app = program.add_subcommand("stats", "Count what is kept, dropped and why; sizes, licences, sources");
  auto flags = std::make_shared<Flags>();
  app->add_option("FOLDER", flags->folder, "The collection")->required()->type_name("PATH");
  app->add_flag("--json", flags->json, "Print one JSON document");
  app->footer("Examples:\n  genga data stats drawings");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
