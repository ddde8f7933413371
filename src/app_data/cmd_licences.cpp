// genga data licences: what a style trained on these images may be used for.
#include <memory>

#include "app_data/commands.h"
#include "cli/checks.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/dataset.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.data.licences.2";

struct Flags {
  std::vector<std::string> folders;
  bool credits = false, list = false, json = false;
};

Json to_json(const dataset::Verdict& verdict) {
  Json groups = Json::array();
  for (const auto& group : verdict.groups) {
    groups.push_back({{"licence", group.licence}, {"images", group.images}, {"credits", group.credits}});
  }
  return {{"schema", kSchema},
          {"images", verdict.images},
          {"unknown", verdict.unknown},
          {"uncredited", verdict.uncredited},
          {"commercial_use", verdict.commercial},
          {"derived_works", verdict.derivatives},
          {"share_alike", verdict.share_alike},
          {"attribution_needed", verdict.attribution},
          {"licence", verdict.unknown > 0 ? "unknown" : verdict.licence},
          {"attribution", verdict.attribution_text},
          {"sentence", verdict.sentence},
          {"groups", groups}};
}

std::string to_text(const dataset::Verdict& verdict) {
  std::string text = verdict.sentence + "\n";
  for (const auto& group : verdict.groups) {
    const dataset::Licence* licence = dataset::find_licence(group.licence);
    text += fmt::format("\n{:>7}  {}{}\n", group.images, group.licence,
                        licence == nullptr ? "" : fmt::format(": {}  {}", licence->name, licence->url));
    for (const std::string& credit : group.credits) text += fmt::format("         {}\n", credit);
  }
  if (verdict.images > 0) text += "\nThis is what the manifest says, and no legal advice.\n";
  return text;
}

int list_known() {
  std::string text;
  for (const dataset::Licence& licence : dataset::licences()) {
    text += fmt::format("{:<22}{}{}{}{}\n", licence.id, licence.name, licence.attribution ? ", credit" : "",
                        licence.share_alike ? ", share-alike" : "", licence.commercial ? "" : ", not commercially");
  }
  write_stdout(text);
  return 0;
}

int run(const Flags& flags) {
  if (flags.list) return list_known();
  if (flags.folders.empty()) fail(ErrorCode::kInvalidArgument, "no folder given; say which collection is meant");
  std::vector<dataset::Entry> entries;
  for (const std::string& folder : flags.folders) {
    for (dataset::Entry& entry : dataset::read_manifest(folder).entries) entries.push_back(std::move(entry));
  }
  const dataset::Verdict verdict = dataset::judge_licences(entries);
  if (flags.json) {
    print_json(to_json(verdict));
  } else if (flags.credits) {
    write_stdout(verdict.attribution_text.empty() ? "" : verdict.attribution_text + "\n");
  } else {
    write_stdout(to_text(verdict));
  }
  return 0;
}

}  // namespace

Command add_data_licences(CLI::App& program) {
  CLI::App* app = program.add_subcommand("licences", "Say what a style trained on these images may be used for");
  auto flags = std::make_shared<Flags>();
  app->add_option("FOLDER", flags->folders, "Collections, all of which the style learns from")->type_name("PATH");
  app->add_flag("--credits", flags->credits, "Print only the credit that must go with the style");
  app->add_flag("--list", flags->list, "List the licences that Genga knows");
  app->add_flag("--json", flags->json, "Print one JSON document");
  app->footer(R"(Examples:
  genga data licences drawings photos
  genga data licences drawings --credits >> CREDITS.txt

Only images that are kept count; the strictest licence decides. genga train
writes the same into the model card.)");
  return {.app = app, .run = [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
