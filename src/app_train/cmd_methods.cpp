// genga train methods: the training methods, the options each reads, and the presets.
#include <fmt/format.h>

#include <string>

#include "app_train/commands.h"
#include "cli/terminal.h"
#include "genga/train.h"

namespace genga::cli {
namespace {

std::string methods_text() {
  std::string text;
  for (const train::MethodInfo& method : train::list_methods()) {
    text += fmt::format("{}\n  {} ({})\n  from {}; reads:", method.name, method.summary, method.source,
                        method.from_noise ? "noise" : "photos");
    for (const std::string& field : method.fields) text += " " + field;
    text += "\n\n";
  }
  text += "presets:";
  for (const train::Preset& preset : train::presets()) text += fmt::format(" {}", preset.name);
  return text + "\n";
}

}  // namespace

Command add_train_methods(CLI::App& program) {
  CLI::App* app = program.add_subcommand("methods", "List training methods, the options they read, and presets");
  app->footer("Examples:\n  genga train methods\n  genga train run --method cut --help    # the options of one method");
  return {.app = app, .run = [] {
            write_stdout(methods_text());
            return 0;
          }};
}

}  // namespace genga::cli
