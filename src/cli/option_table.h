// The one option table: what CLI11 was told, as plain data. Help, man page, completions and the search for the nearest
// name all read it, so none of them can drift from what the program accepts.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace genga::cli {

struct OptionDoc {
  std::string short_name;  // "-i" or ""
  std::string long_name;   // "--input" or ""
  std::string positional;  // "INPUT" if it may be given without a name
  std::string value;       // "FILE"; "cover|contain|stretch" lists all values; "" for a switch
  std::string help;
  std::string group;  // "Output"; "": not shown in help, man page and completions
  bool repeatable = false;

  /// "-i, --input FILE"
  std::string spelling() const;
};

/// Words that completions offer for values of a kind: "STYLE" -> mika, pepper.
using KnownWords = std::map<std::string, std::vector<std::string>>;

struct CommandDoc {
  std::string name;     // "stylize"
  std::string path;     // "genga stylize"
  std::string summary;  // one line
  std::string footer;   // examples
  std::vector<OptionDoc> options;
  std::vector<CommandDoc> commands;
  std::string bare_command;  // of `commands`: what arguments that name none belong to; empty: none
  KnownWords words;          // of a program

  std::vector<std::string> long_names() const;  // of options that are shown
  std::vector<std::string> command_names() const;
};

/// parent: the words before its name, "genga" for a command.
CommandDoc describe(const CLI::App& app, const std::string& parent = "");

/// A program's table as text, and back, for programs that speak for one another: what it prints when it is called with
/// kTableFlag alone. A table without commands if the text is none.
inline constexpr const char* kTableFlag = "--genga-commands";
std::string table_text(const CommandDoc& program);
CommandDoc table_from_text(const std::string& text);

/// What --help prints.
std::string help_text(const CommandDoc& command);
/// A roff man page (section 1) of the program with all its commands.
std::string man_page(const CommandDoc& program, const std::string& version);

/// A completion script for "bash", "zsh" or "fish", with the program's words and those of its commands. Throws Error:
/// kInvalidArgument for another shell.
std::string completion_script(const std::string& shell, const CommandDoc& program);

/// Help text cut at spaces into lines of at most `width` characters.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

}  // namespace genga::cli
