// genga models: the styles that are built in, with what they may be used for.
#include <fmt/format.h>

#include <memory>

#include "app_genga/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/graph.h"
#include "genga/sample.h"
#include "genga/stylize.h"
#include "genga/weights.h"

namespace genga::cli {
namespace {

struct Flags {
  bool attribution = false;
  bool json = false;
};

constexpr const char* kSchema = "genga.models.1";

Json row(const weights::Model& model, bool is_default) {
  return {{"name", model.card.name},
          {"default", is_default},
          {"source", sample::latent_size(model.graph) ? "noise" : "photo"},
          {"title", model.card.title},
          {"architecture", model.card.architecture},
          {"parameters", ir::count_parameters(model.graph)},
          {"licence", model.card.licence},
          {"attribution", model.card.attribution},
          {"limits", model.card.limits},
          {"sha256", model.sha256}};
}

int run(const Flags& flags) {
  const auto styles = stylize::embedded_styles();
  const std::string default_name = styles.empty() ? "" : stylize::open_style("").card.name;
  Json list = Json::array();
  std::string text;
  for (const auto& style : styles) {
    const auto model = stylize::open_style(std::string(style.name));
    const bool is_default = model.card.name == default_name;
    list.push_back(row(model, is_default));
    const char* note = is_default ? " (default)" : sample::latent_size(model.graph) ? " (for genga sample)" : "";
    text += flags.attribution
                ? fmt::format("{}: {} ({})\n", style.name, model.card.attribution, model.card.licence)
                : fmt::format("{:<16}{}{}; licence {}\n", style.name, model.card.title, note, model.card.licence);
  }
  if (flags.json) {
    print_json({{"schema", kSchema}, {"models", list}});
  } else if (styles.empty()) {
    say("no styles are built in; give a model file with -m");
  } else {
    write_stdout(text);
  }
  return 0;
}

}  // namespace

Command add_models(CLI::App& program) {
  CLI::App* app = program.add_subcommand("models", "List the built-in styles and their licences");
  auto flags = std::make_shared<Flags>();
  app->add_flag("--attribution", flags->attribution, "Print the credit line that goes with each style");
  app->add_flag("--json", flags->json, "Print one JSON document");
  app->footer("Examples:\n  genga models\n  genga models --attribution >> CREDITS.txt");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
