// genga data manifest: brings a folder's manifest up to date, and writes into it what a person knows of the images.
#include <fnmatch.h>

#include <algorithm>
#include <memory>

#include "app_data/commands.h"
#include "app_data/file_list.h"
#include "app_data/licence_option.h"
#include "cli/checks.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.manifest.2";

struct Flags {
  std::string folder;
  std::string licence, author, attribution, source, page, title;
  std::vector<std::string> only, tags;
  bool replace = false, verify = false, dry_run = false, json = false, quiet = false;
  int threads = 0;

  bool says_something() const {
    return !(licence + author + attribution + source + page + title).empty() || !tags.empty();
  }
};

bool is_meant(const dataset::Entry& entry, const std::vector<std::string>& patterns) {
  const auto matches = [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), entry.file.c_str(), 0) == 0;
  };
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), matches);
}

/// Number of entries that say something else than before.
std::int64_t write_down(dataset::Manifest& manifest, const Flags& flags) {
  const std::string licence = known_licence(flags.licence, !flags.quiet);
  std::int64_t n = 0;
  for (dataset::Entry& entry : manifest.entries) {
    if (!is_meant(entry, flags.only)) continue;
    const std::string before = dataset::to_line(entry);
    const auto put = [&](std::string& field, const std::string& text) {
      if (!text.empty() && (field.empty() || flags.replace)) field = text;
    };
    put(entry.licence, licence);
    put(entry.author, flags.author);
    put(entry.attribution, flags.attribution);
    put(entry.source, flags.source);
    put(entry.page, flags.page);
    put(entry.title, flags.title);
    for (const std::string& tag : flags.tags) {
      if (std::find(entry.tags.begin(), entry.tags.end(), tag) == entry.tags.end()) entry.tags.push_back(tag);
    }
    n += dataset::to_line(entry) != before;
  }
  return n;
}

void say_survey(const dataset::Survey& survey, const dataset::Manifest& manifest, std::int64_t n_written) {
  std::int64_t n_kept = 0;
  for (const dataset::Entry& entry : manifest.entries) n_kept += entry.kept();
  say_files("in the manifest, but no longer in the folder (their lines stay):", survey.missing);
  say_files("changed since they were described; their measures are gone (run genga data clean again):", survey.changed);
  std::vector<std::string> unreadable;
  for (const auto& [file, why] : survey.unreadable) unreadable.push_back(why);
  say_files("cannot be read and are left out:", unreadable);
  say(fmt::format("{}: {} images, {} of them kept; {} new, {} with new information", manifest.folder.string(),
                  manifest.entries.size(), n_kept, survey.added.size(), n_written));
}

int run(const Flags& flags) {
  image::init(1);
  dataset::Manifest manifest = dataset::read_manifest_if_any(flags.folder);
  // What cannot be written is said before the images are read.
  if (!flags.dry_run) AtomicFile(manifest.folder / dataset::kManifestName);
  ProgressBar bar(flags.quiet ? TerminalStyle{} : stderr_style(), 1, ProgressBar::Unit::kOther);
  bar.begin_item(0, "reading");
  const dataset::Survey survey =
      dataset::survey_folder(manifest, {.verify = flags.verify, .threads = flags.threads}, interrupted(),
                             [&](std::int64_t done, std::int64_t total) { bar.update(done, total); });
  bar.erase();
  if (manifest.entries.empty()) {
    fail(ErrorCode::kInvalidArgument, "'{}': holds no images; expected files such as .jpg, .png or .webp",
         flags.folder);
  }
  const std::int64_t n_written = write_down(manifest, flags);
  if (!flags.dry_run) dataset::save_manifest(manifest);
  if (!flags.quiet) say_survey(survey, manifest, n_written);
  if (flags.json) {
    Json unreadable = Json::array();
    for (const auto& [file, why] : survey.unreadable) unreadable.push_back({{"file", file}, {"reason", why}});
    print_json({{"schema", kSchema},
                {"folder", flags.folder},
                {"images", manifest.entries.size()},
                {"added", survey.added},
                {"missing", survey.missing},
                {"changed", survey.changed},
                {"unreadable", unreadable},
                {"written", n_written}});
  }
  return 0;
}

}  // namespace

Command add_data_manifest(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("manifest", "Make or update a folder's manifest; set licence, author and source");
  auto flags = std::make_shared<Flags>();
  Flags& f = *flags;
  app->add_option("FOLDER", f.folder, "The folder of images")->required()->type_name("PATH");
  app->add_option("--licence,--license", f.licence, "Licence of the images: CC-BY-4.0, CC0, own, ...")
      ->type_name("LICENCE");
  app->add_option("--author", f.author, "Who made them")->type_name("NAME");
  app->add_option("--attribution", f.attribution, "The credit line that their licence asks for")->type_name("TEXT");
  app->add_option("--source", f.source, "Where they came from, e.g. an address")->type_name("TEXT");
  app->add_option("--page", f.page, "Where people can look at them")->type_name("URL");
  app->add_option("--title", f.title, "What the work is called")->type_name("TEXT");
  app->add_option("--tag", f.tags, "A word to find them by (repeatable)")->type_name("WORD");
  app->add_option("--only", f.only, "Only files that match, e.g. 'ep01/*' (repeatable)")->type_name("PATTERN");
  app->add_flag("--replace", f.replace, "Also where the manifest says something else already");
  app->add_flag("--verify", f.verify, "Hash every file, to find those that have changed");
  app->add_flag("--dry-run", f.dry_run, "Say what would change; write nothing");
  app->add_option("-j,--threads", f.threads, "Threads; 0: all cores")->type_name("N")->check(integer_in(0, 1024));
  app->add_flag("--json", f.json, "Print one JSON document");
  app->add_flag("-q,--quiet", f.quiet, "Print errors only");
  app->footer(R"(Examples:
  genga data manifest drawings --licence "CC BY 4.0" --author "A. Painter"
  genga data manifest photos --licence own
  genga data manifest drawings --verify)");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
