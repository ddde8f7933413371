// genga completion SHELL and genga man: texts made from the option table.
#include <memory>

#include "cli/checks.h"
#include "cli/commands.h"
#include "cli/option_table.h"
#include "cli/terminal.h"
#include "genga/image.h"
#include "genga/stylize.h"

namespace genga::cli {
namespace {

CompletionWords known_words() {
  CompletionWords words;
  for (const auto& style : stylize::embedded_styles()) words.styles.emplace_back(style.name);
  image::init();
  for (const auto& format : image::formats()) {
    if (format.can_write) words.formats.emplace_back(format.name);
  }
  return words;
}

/// The program's table, with the commands that genga-data has.
CommandDoc whole_table(const CLI::App& program) {
  CommandDoc doc = describe(program);
  for (CommandDoc& command : doc.commands) {
    if (command.name == "data") command.commands = commands_of("genga-data");
  }
  return doc;
}

}  // namespace

Command add_completion(CLI::App& program) {
  CLI::App* app = program.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  app->add_option("SHELL", *shell, "Which shell")
      ->required()
      ->type_name("bash|zsh|fish")
      ->check(one_of({"bash", "zsh", "fish"}));
  app->footer(R"(Examples:
  genga completion bash > ~/.local/share/bash-completion/completions/genga
  genga completion zsh > ~/.zfunc/_genga
  genga completion fish > ~/.config/fish/completions/genga.fish)");
  return {app, [&program, shell] {
            write_stdout(completion_script(*shell, whole_table(program), known_words()));
            return 0;
          }};
}

Command add_man(CLI::App& program) {
  CLI::App* app = program.add_subcommand("man", "Print the manual page (roff)");
  app->footer("Examples:\n  genga man | man -l -");
  return {app, [&program] {
            write_stdout(man_page(whole_table(program), GENGA_VERSION));
            return 0;
          }};
}

}  // namespace genga::cli
