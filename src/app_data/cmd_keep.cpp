// genga data keep and drop: a person's word about images, which overrules every check.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

#include "app_data/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/clean.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  std::string folder, note;
  std::vector<std::string> files;
  bool undo = false, dry_run = false, json = false, quiet = false;
};

/// The file as the manifest would name it, if it lies in the collection.
std::string inside(const fs::path& folder, const fs::path& file) {
  std::error_code ignored;
  const fs::path relative =
      fs::weakly_canonical(file, ignored).lexically_relative(fs::weakly_canonical(folder, ignored));
  return relative.empty() || *relative.begin() == ".." ? "" : relative.generic_string();
}

/// Entries that one argument means: a file, a folder or a pattern, seen from here or from the collection.
std::vector<std::size_t> entries_of(const dataset::Manifest& manifest, const std::string& argument) {
  const std::string here = inside(manifest.folder, argument);
  const std::string there = fs::path(argument).lexically_normal().generic_string();
  // A name with * or [ in it means the image of that name, if there is one.
  const bool is_name = manifest.find(there) != nullptr || manifest.find(here) != nullptr;
  const auto is_meant = [&](const std::string& file, const std::string& pattern) {
    if (pattern.empty()) return false;
    if (is_name) return file == pattern;
    if (pattern == ".") return true;  // the whole collection
    const std::string below = pattern.ends_with('/') ? pattern : pattern + "/";
    return file == pattern || file.starts_with(below) || ::fnmatch(pattern.c_str(), file.c_str(), 0) == 0;
  };
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < manifest.entries.size(); ++i) {
    const std::string& file = manifest.entries[i].file;
    if (is_meant(file, there) || is_meant(file, here)) found.push_back(i);
  }
  if (found.empty()) {
    std::vector<std::string> names;
    for (const dataset::Entry& entry : manifest.entries) names.push_back(entry.file);
    fail(ErrorCode::kNotFound, "'{}': no image in '{}' has that name{}", argument, manifest.folder.string(),
         did_you_mean(argument, names));
  }
  return found;
}

int run(const Flags& flags, curate::ByHand what, const char* schema) {
  dataset::Manifest manifest = dataset::read_manifest(flags.folder);
  std::set<std::size_t> meant;
  for (const std::string& argument : flags.files) {
    for (const std::size_t i : entries_of(manifest, argument)) meant.insert(i);
  }
  const std::vector<std::size_t> entries(meant.begin(), meant.end());
  const std::int64_t n =
      curate::decide_by_hand(manifest, entries, flags.undo ? curate::ByHand::kUndo : what, flags.note);
  if (!flags.dry_run) dataset::save_manifest(manifest);
  const auto n_kept = std::count_if(manifest.entries.begin(), manifest.entries.end(),
                                    [](const dataset::Entry& entry) { return entry.kept(); });
  if (!flags.quiet) {
    say(fmt::format("{}: {} image{} {}{} ({} changed); {} of {} {} kept", flags.folder, entries.size(),
                    entries.size() == 1 ? "" : "s", flags.dry_run ? "would be " : "",
                    flags.undo                      ? "left to the checks again"
                    : what == curate::ByHand::kKeep ? "kept by hand"
                                                    : "dropped by hand",
                    n, n_kept, manifest.entries.size(), flags.dry_run ? "would be" : "are now"));
  }
  if (flags.json) {
    Json files = Json::array();
    for (const std::size_t i : entries) files.push_back(manifest.entries[i].file);
    print_json({{"schema", schema},
                {"folder", flags.folder},
                {"files", files},
                {"changed", n},
                {"kept", n_kept},
                {"images", manifest.entries.size()}});
  }
  return 0;
}

Command add(CLI::App& program, const std::string& verb, const std::string& help, curate::ByHand what,
            const char* schema, const std::string& examples) {
  CLI::App* app = program.add_subcommand(verb, help);
  auto flags = std::make_shared<Flags>();
  Flags& f = *flags;
  app->add_option("FOLDER", f.folder, "The collection")->required()->type_name("PATH");
  app->add_option("FILE", f.files, "Images, folders or patterns, as seen from here or from the collection")
      ->required()
      ->type_name("FILE");
  app->add_option("--note", f.note, "Why; kept in the manifest")->type_name("TEXT");
  app->add_flag("--undo", f.undo, "Undo what was decided by hand");
  app->add_flag("--dry-run", f.dry_run, "Say what would change; write nothing");
  app->add_flag("--json", f.json, "Print one JSON document");
  app->add_flag("-q,--quiet", f.quiet, "Print errors only");
  app->footer(examples);
  return {.app = app, .run = [flags, what, schema] {
            return with_json_errors(flags->json, schema, [&] { return run(*flags, what, schema); });
          }};
}

}  // namespace

Command add_data_keep(CLI::App& program) {
  return add(program, "keep", "Use images whatever the checks say", curate::ByHand::kKeep, "genga.data.keep.2",
             R"(Examples:
  genga data keep drawings drawings/ep01/p003.png
  genga data keep drawings 'ep01/*' --note "blurred on purpose"
  genga data keep drawings 'ep01/*' --undo)");
}

Command add_data_drop(CLI::App& program) {
  return add(program, "drop", "Do not use images; the files stay", curate::ByHand::kDrop, "genga.data.drop.2",
             R"(Examples:
  genga data drop drawings ep01/p003.png --note "another artist"
  genga data drop drawings 'ep02/*'
  genga data drop drawings 'ep02/*' --undo)");
}

}  // namespace genga::cli
