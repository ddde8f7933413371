// From a command line to the command that it means, and from what goes wrong to one line and an exit status.
#include "cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

struct Program {
  CLI::App app;
  std::vector<Command> commands;

  explicit Program(const ProgramInfo& info) : app(info.description, info.name) {
    app.set_help_flag("-h,--help", "Print this help");
    app.set_version_flag("-V,--version", "genga " GENGA_VERSION)->description("Print the version");
    app.footer(info.examples);
    app.require_subcommand(1);
    for (const auto add : info.commands) commands.push_back(add(app));
  }

  const Command* chosen() const {
    const auto parsed = app.get_subcommands();
    const auto is_parsed = [&](const Command& c) { return !parsed.empty() && c.app == parsed.front(); };
    const auto found = std::find_if(commands.begin(), commands.end(), is_parsed);
    return found == commands.end() ? nullptr : &*found;
  }
};

/// "; did you mean ...?", or where to look if nothing is near.
std::string cure(std::string_view word, std::span<const std::string> known, std::string_view path) {
  const std::string nearest = did_you_mean(word, known);
  return nearest.empty() ? fmt::format("; see {} --help", path) : nearest;
}

/// Whether the arguments begin with a command, or with an option of the program itself.
bool names_a_command(const std::string& first, const Program& program) {
  if (first == "-h" || first == "--help" || first == "-V" || first == "--version") return true;
  return std::any_of(program.commands.begin(), program.commands.end(),
                     [&](const Command& command) { return command.app->check_name(first); });
}

bool takes_files(const CommandDoc& doc, const std::string& command) {
  const auto found = std::find_if(doc.commands.begin(), doc.commands.end(),
                                  [&](const CommandDoc& known) { return known.name == command; });
  return found != doc.commands.end() && std::any_of(found->options.begin(), found->options.end(),
                                                    [](const OptionDoc& option) { return !option.positional.empty(); });
}

/// "genga -i a.jpg -o b.png" and "genga a.jpg -o b.png" mean stylize, the bare command. A bare word that is neither a
/// command nor a file is taken for a misspelt command.
std::vector<std::string> with_command(std::vector<std::string> arguments, const Program& program,
                                      const CommandDoc& doc) {
  const std::string& first = arguments.front();
  if (names_a_command(first, program)) return arguments;
  const bool is_option = first.starts_with('-') && !doc.bare_command.empty();
  if (!is_option && !takes_files(doc, doc.bare_command)) {
    fail(ErrorCode::kInvalidArgument, "'{}' is not a command of {}{}", first, doc.name,
         cure(first, doc.command_names(), doc.name));
  }
  std::error_code ignored;
  const bool like_a_path = first.find_first_of("/.*?[") != std::string::npos || std::filesystem::exists(first, ignored);
  if (!is_option && !like_a_path) {
    fail(ErrorCode::kInvalidArgument, "'{}' is neither a command nor a file{}", first,
         cure(first, doc.command_names(), doc.name));
  }
  arguments.insert(arguments.begin(), doc.bare_command);
  return arguments;
}

/// Whether a message tells that the option's value is missing, or that the next option was taken for it.
bool tells_missing_value(std::string_view text, const std::string& name, const CommandDoc& command) {
  if (!text.starts_with(name + ":")) return false;
  if (text.ends_with("missing")) return true;
  const std::string_view rest = text.substr(name.size());
  constexpr std::string_view kIs = ": is '";
  return rest.starts_with(kIs) && std::ranges::any_of(command.options, [&](const OptionDoc& option) {
           const auto is_value = [&](const std::string& word) {
             return !word.empty() && rest.substr(kIs.size()).starts_with(word + "'");
           };
           return is_value(option.short_name) || is_value(option.long_name);
         });
}

/// "--strength needs a value: 0..1; see genga stylize --help"; "" for other errors.
std::string missing_value(const CLI::ParseError& error, const CommandDoc& command) {
  for (const OptionDoc& option : command.options) {
    const std::string& name = option.long_name.empty() ? option.short_name : option.long_name;
    if (name.empty() || option.value.empty() || !tells_missing_value(error.what(), name, command)) continue;
    return fmt::format("{} needs a value: {}; see {} --help", name, option.value, command.path);
  }
  return "";
}

/// CLI11's messages, in our words where they name no cure.
std::string explain(const CLI::ParseError& error, const Program& program, const CommandDoc& doc) {
  const Command* command = program.chosen();
  const CLI::App& app = command != nullptr ? *command->app : program.app;
  const CommandDoc known = command != nullptr ? describe(app, doc.name) : doc;
  if (const std::string missing = missing_value(error, known); !missing.empty()) return missing;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) {
    return fmt::format("{}; see {} --help", error.what(), known.path);
  }
  const auto extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front().substr(0, extras.front().find('='));
  return fmt::format("unknown {} '{}'{}", word.starts_with('-') ? "option" : "argument", word,
                     cure(word, known.long_names(), known.path));
}

/// The help of the command that was chosen, or of the program.
std::string chosen_help(const Program& program, const CommandDoc& doc, const std::vector<std::string>& arguments) {
  const Command* command = program.chosen();
  if (command == nullptr) return help_text(doc);
  if (command->before_help) command->before_help(arguments);
  return help_text(describe(*command->app, doc.name));
}

int parse_and_run(const ProgramInfo& info, const std::vector<std::string>& arguments) {
  Program program(info);
  CommandDoc doc = describe(program.app);
  doc.bare_command = info.bare_command;
  if (arguments.empty()) {
    write_stderr(help_text(doc));
    return kUsage;
  }
  if (arguments == std::vector<std::string>{kTableFlag}) {
    if (info.words) doc.words = info.words();
    write_stdout(table_text(doc));
    return 0;
  }
  auto words = with_command(arguments, program, doc);
  for (const Command& command : program.commands) {
    if (!command.app->check_name(words.front())) continue;
    if (command.take) return command.take({words.begin() + 1, words.end()});
    for (std::string& word : words) {
      if (const auto known = command.spellings.find(word); known != command.spellings.end()) word = known->second;
    }
  }
  try {
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    program.app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    write_stdout(chosen_help(program, doc, arguments));
    return 0;
  } catch (const CLI::CallForVersion& version) {
    write_stdout(fmt::format("{}\n", version.what()));
    return 0;
  } catch (const CLI::ParseError& error) {
    say_error(explain(error, program, doc));
    return kUsage;
  }
  return program.chosen()->run();
}

}  // namespace

int run_program(const ProgramInfo& info, const std::vector<std::string>& arguments) {
  try {
    return parse_and_run(info, arguments);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCancelled) say_error(error.what());
    return exit_status(error.code());
  } catch (const std::bad_alloc&) {
    say_error(fmt::format("out of memory; {}", info.less_memory));
    return exit_status(ErrorCode::kOutOfMemory);
  } catch (const std::exception& error) {
    say_error(fmt::format("unexpected failure, please report it: {}", error.what()));
    return exit_status(ErrorCode::kInternal);
  }
}

int run_main(const ProgramInfo& info, int argc, char** argv) {
  open_standard_streams();
  watch_interrupts();
  const int status = run_program(info, {argv + 1, argv + argc});
  return status == exit_status(ErrorCode::kCancelled) ? end_as_interrupted() : status;
}

}  // namespace genga::cli
