// The man page, from the option table.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/option_table.h"

namespace genga::cli {
namespace {

/// Text as roff: hyphens that are meant as such, backslashes, and no accidental control lines.
std::string roff(const std::string& text) {
  std::string result;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) result += "\\&";
    line_start = c == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return text;
}

/// with_help: the same line under every command would only lengthen the page.
std::string option_entries(const CommandDoc& command, bool with_help) {
  std::string page;
  for (const auto& option : command.options) {
    if (option.group.empty() || (option.long_name == "--help" && !with_help)) continue;
    std::string names;
    for (const auto& name : {option.short_name, option.long_name}) {
      if (!name.empty()) names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
    }
    if (names.empty()) names = fmt::format("\\fI{}\\fR", roff(option.positional));
    if (!option.value.empty() && names.find("\\fB") != std::string::npos) {
      names += fmt::format(" \\fI{}\\fR", roff(option.value));
    }
    page += fmt::format(".TP\n{}\n{}\n", names, roff(option.help));
  }
  return page;
}

std::string examples(const std::string& footer) {
  if (footer.empty()) return "";
  return fmt::format(".PP\n.nf\n{}\n.fi\n", roff(footer));
}

/// The command with what it takes: "genga inspect MODEL".
std::string synopsis(const CommandDoc& command) {
  std::string line = fmt::format("\\fB{}\\fR", roff(command.path));
  for (const auto& option : command.options) {
    if (option.positional.empty()) continue;
    line += fmt::format(" \\fI{}\\fR{}", roff(option.positional), option.repeatable ? " ..." : "");
  }
  return line;
}

/// Empty if the command's options always follow the name of one of its own commands.
std::string bare_text(const CommandDoc& command) {
  if (command.bare_command.empty()) return "";
  return fmt::format("Without a command, the options are those of \\fB{} {}\\fR.\n", roff(command.path),
                     roff(command.bare_command));
}

/// heading: "data fetch"; with those of the command's own commands.
std::string command_section(const CommandDoc& command, const std::string& heading) {
  const std::string bare = bare_text(command);
  std::string page = fmt::format(".SS {}\n{}\n.PP\n{} [\\fIoptions\\fR]\n{}{}{}", roff(heading), roff(command.summary),
                                 synopsis(command), bare.empty() ? "" : ".PP\n" + bare, option_entries(command, false),
                                 examples(command.footer));
  for (const CommandDoc& nested : command.commands) page += command_section(nested, heading + " " + nested.name);
  return page;
}

constexpr const char* kTail = R"(.SH EXIT STATUS
.TP
0
All went well.
.TP
1
Nothing could be done; standard error says why.
.TP
2
The command line makes no sense.
.TP
3
Some images failed; the others were written.
.TP
130
Interrupted; nothing half\-written is left.
.SH ENVIRONMENT
.TP
NO_COLOR
If set, messages are not colored.
.SH FILES
An output appears under its name only when it is whole: it is written beside it under a temporary name first.
)";

}  // namespace

std::string man_page(const CommandDoc& program, const std::string& version) {
  std::string page =
      fmt::format(".TH {} 1 \"\" \"{} {}\" \"User Commands\"\n", upper(program.name), program.name, version);
  page += fmt::format(".SH NAME\n{} \\- {}\n", program.name, roff(program.summary));
  page += ".SH SYNOPSIS\n";
  for (const auto& command : program.commands) {
    page += fmt::format("{} [\\fIoptions\\fR]\n.br\n", synopsis(command));
  }
  page += fmt::format(".B {}\n\\-i \\fIINPUT\\fR \\-o \\fIOUTPUT\\fR [\\fIoptions\\fR]\n", program.name);
  page += ".SH DESCRIPTION\n" + bare_text(program);
  page += examples(program.footer);
  page += ".SH OPTIONS\n" + option_entries(program, true);
  page += ".SH COMMANDS\n";
  for (const auto& command : program.commands) page += command_section(command, command.name);
  return page + kTail;
}

}  // namespace genga::cli
