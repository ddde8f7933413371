// Completion scripts for bash, zsh and fish, from the option table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <sstream>

#include "cli/option_table.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

/// What may follow an option, read from its value's name: "FILE", "cover|contain", "STYLE", ...
struct ValueWords {
  bool files = false;
  std::vector<std::string> words;
};

ValueWords value_words(const OptionDoc& option, const KnownWords& known) {
  ValueWords result;
  const auto add = [&](const std::string& kind) {
    const auto found = known.find(kind);
    if (found != known.end()) result.words.insert(result.words.end(), found->second.begin(), found->second.end());
  };
  std::istringstream parts(option.value);
  for (std::string part; std::getline(parts, part, '|');) {
    if (part == "FILE" || part == "PATH" || part == "FOLDER" || part == "MODEL") {
      result.files = true;
      if (part == "MODEL") add("STYLE");
    } else if (!part.empty() && std::islower(static_cast<unsigned char>(part[0])) != 0) {
      result.words.push_back(part);
    } else {
      add(part);
    }
  }
  return result;
}

std::vector<std::string> spellings(const OptionDoc& option) {
  std::vector<std::string> names;
  if (!option.short_name.empty()) names.push_back(option.short_name);
  if (!option.long_name.empty()) names.push_back(option.long_name);
  return names;
}

/// Options that are shown.
std::vector<OptionDoc> visible(const std::vector<OptionDoc>& options) {
  std::vector<OptionDoc> shown;
  std::copy_if(options.begin(), options.end(), std::back_inserter(shown),
               [](const OptionDoc& option) { return !option.group.empty(); });
  return shown;
}

/// Commands, each followed by its own, which are named with it: "data", "data fetch", ... A command that passes its
/// options to one of its own ("train" to "train run") has them as well.
std::vector<CommandDoc> with_nested(const CommandDoc& program) {
  std::vector<CommandDoc> all;
  for (const CommandDoc& command : program.commands) {
    const std::size_t at = all.size();
    all.push_back(command);
    all[at].options = visible(command.options);
    for (const CommandDoc& nested : command.commands) {
      all.push_back(nested);
      all.back().name = command.name + " " + nested.name;
      all.back().options = visible(nested.options);
      if (nested.name != command.bare_command) continue;
      for (const OptionDoc& option : all.back().options) {
        if (option.long_name != "--help") all[at].options.push_back(option);
      }
    }
  }
  return all;
}

/// The program's words and those of its commands.
KnownWords all_words(const CommandDoc& program) {
  KnownWords words = program.words;
  for (const CommandDoc& command : program.commands) words.insert(command.words.begin(), command.words.end());
  return words;
}

/// "'data fetch' | 'data clean'"
std::string nested_patterns(const CommandDoc& program, std::string_view separator) {
  std::string names;
  for (const CommandDoc& command : with_nested(program)) {
    if (command.name.find(' ') == std::string::npos) continue;
    names += fmt::format("{}'{}'", names.empty() ? "" : separator, command.name);
  }
  return names;
}

/// Text inside single quotes of bash, zsh and (with the other escape) fish.
std::string quoted(std::string text, std::string_view quote) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string(quote) : std::string(1, c);
  return result + "'";
}

std::string bash_values(const CommandDoc& command, const KnownWords& known) {
  std::string cases;
  for (const auto& option : command.options) {
    if (option.value.empty() || spellings(option).empty()) continue;
    const ValueWords values = value_words(option, known);
    std::vector<std::string> patterns;
    for (const auto& name : spellings(option)) patterns.push_back(fmt::format("'{}',{}", command.name, name));
    cases += fmt::format("    {})\n      mapfile -t COMPREPLY < <(compgen {}-W '{}' -- \"$cur\")\n      return ;;\n",
                         fmt::join(patterns, " | "), values.files ? "-f " : "", fmt::join(values.words, " "));
  }
  return cases;
}

std::string bash_script(const CommandDoc& program, const KnownWords& known) {
  std::string value_cases;
  std::string option_cases;
  for (const auto& command : with_nested(program)) {
    value_cases += bash_values(command, known);
    std::vector<std::string> names;
    std::vector<std::string> positionals = command.command_names();
    for (const auto& option : command.options) {
      for (const auto& name : spellings(option)) names.push_back(name);
      if (option.positional.empty()) continue;
      const auto words = value_words(option, known).words;
      positionals.insert(positionals.end(), words.begin(), words.end());
    }
    option_cases += fmt::format("    '{}') options='{}' words='{}' ;;\n", command.name, fmt::join(names, " "),
                                fmt::join(positionals, " "));
  }
  const std::string commands = fmt::format("{}", fmt::join(program.command_names(), " "));
  const std::string any_command = fmt::format("{}", fmt::join(program.command_names(), " | "));
  std::string nested = nested_patterns(program, " | ");
  if (!nested.empty()) {
    nested = fmt::format(
        "  case \"$command ${{COMP_WORDS[2]}}\" in\n"
        "    {}) [[ $COMP_CWORD -gt 2 ]] && command+=\" ${{COMP_WORDS[2]}}\" ;;\n  esac\n",
        nested);
  }
  return fmt::format(R"(# bash completion for genga; made by `genga completion bash`
_genga() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command={} options='' words=''
  COMPREPLY=()
  case ${{COMP_WORDS[1]}} in
    {}) [[ $COMP_CWORD -gt 1 ]] && command=${{COMP_WORDS[1]}} ;;
  esac
{}  case $command,$prev in
{}  esac
  case $command in
{}  esac
  if [[ $COMP_CWORD -eq 1 ]]; then
    options+=' --help --version' words+=' {}'
  fi
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -f -W "$words" -- "$cur")
  fi
}}
complete -o filenames -F _genga genga
)",
                     program.bare_command, any_command, nested, value_cases, option_cases, commands);
}

/// One specification for zsh's _arguments.
std::string zsh_option(const OptionDoc& option, const KnownWords& known) {
  const auto escaped = [](const std::string& text) {
    std::string result;
    for (const char c : text)
      result += (std::string_view("[]:\\").find(c) != std::string_view::npos ? "\\" : "") + std::string(1, c);
    return result;
  };
  const auto names = spellings(option);
  std::string value;
  if (!option.value.empty()) {
    const ValueWords values = value_words(option, known);
    std::string action = " ";  // no completion, but a value
    if (!values.words.empty()) action = fmt::format("({})", fmt::join(values.words, " "));
    if (values.files) action = "_files";
    value = fmt::format(":{}:{}", escaped(option.value), action);
  }
  if (names.empty()) return quoted(fmt::format("*{}", value), "'\\''");
  std::string specs;
  for (const auto& name : names) {
    const std::string once = option.repeatable ? "*" : fmt::format("({})", fmt::join(names, " "));
    specs += (specs.empty() ? "" : " ") +
             quoted(fmt::format("{}{}[{}]{}", once, name, escaped(option.help), value), "'\\''");
  }
  if (!option.positional.empty()) specs += " " + quoted("*" + value, "'\\''");
  return specs;
}

std::string zsh_script(const CommandDoc& program, const KnownWords& known) {
  std::string commands;
  std::string cases;
  for (const auto& command : program.commands) {
    commands += fmt::format("    {}\n", quoted(command.name + ":" + command.summary, "'\\''"));
  }
  for (const auto& command : with_nested(program)) {
    std::string arguments;
    for (const auto& option : command.options) arguments += " \\\n        " + zsh_option(option, known);
    if (!command.commands.empty()) {
      arguments += fmt::format(" \\\n        ':command:({})'", fmt::join(command.command_names(), " "));
    }
    cases += fmt::format("    '{}')\n      _arguments -s{}\n      ;;\n", command.name, arguments);
  }
  return fmt::format(R"(#compdef genga
# zsh completion for genga; made by `genga completion zsh`
_genga() {{
  local -a commands=(
{}  )
  local -a nested=({})
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    _files
    return
  fi
  local command={}
  if (( $commands[(I)$words[2]:*] )); then
    command=$words[2]
    shift words
    (( CURRENT-- ))
    if (( CURRENT > 2 && $nested[(Ie)$command $words[2]] )); then
      command+=" $words[2]"
      shift words
      (( CURRENT-- ))
    fi
  fi
  case $command in
{}  esac
}}
_genga "$@"
)",
                     commands, nested_patterns(program, " "), program.bare_command, cases);
}

/// When a command's options are offered. bare: whose options need no command; others: all but that one.
std::string fish_condition(const CommandDoc& command, const std::string& bare, const std::vector<std::string>& others) {
  if (command.name == bare) {
    return fmt::format("not __fish_seen_subcommand_from {}", fmt::join(others, " "));
  }
  std::string words = command.name;  // "data fetch": both were typed
  std::string condition = "__fish_seen_subcommand_from ";
  if (const auto space = words.find(' '); space != std::string::npos) {
    return condition + words.substr(0, space) + "; and " + condition + words.substr(space + 1);
  }
  condition += words;
  if (command.commands.empty()) return condition;
  return fmt::format("{}; and not __fish_seen_subcommand_from {}", condition, fmt::join(command.command_names(), " "));
}

std::string fish_script(const CommandDoc& program, const KnownWords& known) {
  std::string script = "# fish completion for genga; made by `genga completion fish`\n";
  std::vector<std::string> others;
  for (const auto& command : program.commands) {
    script += fmt::format("complete -c genga -n __fish_use_subcommand -a {} -d {}\n", command.name,
                          quoted(command.summary, "\\'"));
    if (command.name != program.bare_command) others.push_back(command.name);
  }
  script += "complete -c genga -n __fish_use_subcommand -l version -d 'Print the version'\n";
  for (const auto& command : with_nested(program)) {
    const std::string condition = fish_condition(command, program.bare_command, others);
    for (const CommandDoc& nested : command.commands) {
      script +=
          fmt::format("complete -c genga -n '{}' -a {} -d {}\n", condition, nested.name, quoted(nested.summary, "\\'"));
    }
    for (const auto& option : command.options) {
      std::string names;
      if (!option.short_name.empty()) names += " -s " + option.short_name.substr(1);
      if (!option.long_name.empty()) names += " -l " + option.long_name.substr(2);
      const ValueWords values = value_words(option, known);
      std::string value;
      if (!option.value.empty() && !names.empty()) value = values.files ? " -r -F" : " -x";
      if (!values.words.empty()) value += fmt::format(" -a '{}'", fmt::join(values.words, " "));
      if (names.empty() && values.words.empty()) continue;  // files are offered in any case
      script +=
          fmt::format("complete -c genga -n '{}'{}{} -d {}\n", condition, names, value, quoted(option.help, "\\'"));
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const std::string& shell, const CommandDoc& program) {
  const KnownWords known = all_words(program);
  if (shell == "bash") return bash_script(program, known);
  if (shell == "zsh") return zsh_script(program, known);
  if (shell == "fish") return fish_script(program, known);
  const std::array<std::string, 3> shells{"bash", "zsh", "fish"};
  fail(ErrorCode::kInvalidArgument, "no completions for shell '{}', only for bash, zsh and fish{}", shell,
       did_you_mean(shell, shells));
}

}  // namespace genga::cli
