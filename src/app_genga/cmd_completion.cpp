// genga completion SHELL and genga man: texts made from the option table.
#include <memory>
#include <utility>

#include "app_genga/commands.h"
#include "app_genga/sister_programs.h"
#include "cli/checks.h"
#include "cli/option_table.h"
#include "cli/terminal.h"
#include "genga/image.h"
#include "genga/stylize.h"

namespace genga::cli {
namespace {

KnownWords known_words() {
  KnownWords words;
  for (const auto& style : stylize::embedded_styles()) words["STYLE"].emplace_back(style.name);
  image::init();
  for (const auto& format : image::formats()) {
    if (format.can_write) words["FORMAT"].emplace_back(format.name);
  }
  return words;
}

/// The program's table, with the commands that genga-data and genga-train have.
CommandDoc whole_table(const CLI::App& program) {
  CommandDoc doc = describe(program);
  doc.bare_command = kBareCommand;
  for (CommandDoc& command : doc.commands) {
    if (command.name != "data" && command.name != "train") continue;
    CommandDoc table = table_of("genga-" + command.name);
    command.commands = std::move(table.commands);
    command.bare_command = std::move(table.bare_command);
    command.words = std::move(table.words);
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
            CommandDoc table = whole_table(program);
            table.words = known_words();
            write_stdout(completion_script(*shell, table));
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
