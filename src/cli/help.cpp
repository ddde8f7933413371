// --help: one screen of text from the option table.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "cli/option_table.h"

namespace genga::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kMaxNameWidth = 24;

/// "  name   text", the text wrapped and indented; below the name if that is too long.
std::string entry(const std::string& name, std::size_t name_width, const std::string& text) {
  std::string result;
  std::string left = name;
  if (left.size() > name_width) result = fmt::format("  {}\n", std::exchange(left, ""));
  for (const auto& line : wrap(text, kWidth - name_width - 4)) {
    result += fmt::format("  {:{}}  {}\n", left, name_width, line);
    left.clear();
  }
  return result;
}

std::string usage(const CommandDoc& command) {
  std::string line = "Usage: " + command.path;
  if (!command.commands.empty()) return line + " COMMAND [options]\n";
  for (const auto& option : command.options) {
    if (!option.positional.empty()) line += fmt::format(" {}{}", option.positional, option.repeatable ? "..." : "");
  }
  return line + " [options]\n";
}

std::string option_list(const CommandDoc& command) {
  std::vector<std::string> groups;
  std::size_t width = 0;
  for (const auto& option : command.options) {
    if (option.group.empty()) continue;
    if (std::find(groups.begin(), groups.end(), option.group) == groups.end()) groups.push_back(option.group);
    width = std::max(width, option.spelling().size());
  }
  width = std::min(width, kMaxNameWidth);
  std::stable_partition(groups.begin(), groups.end(), [](const std::string& group) { return group != "Options"; });
  std::string text;
  for (const auto& group : groups) {
    text += fmt::format("\n{}:\n", group);
    for (const auto& option : command.options) {
      if (option.group == group) text += entry(option.spelling(), width, option.help);
    }
  }
  return text;
}

}  // namespace

std::string help_text(const CommandDoc& command) {
  std::string text = fmt::format("{}\n\n", fmt::join(wrap(command.summary, kWidth), "\n")) + usage(command);
  if (!command.commands.empty()) {
    std::size_t width = 0;
    for (const auto& name : command.command_names()) width = std::max(width, name.size());
    text += "\nCommands:\n";
    for (const auto& sub : command.commands) text += entry(sub.name, width, sub.summary);
  }
  text += option_list(command);
  if (!command.footer.empty()) text += "\n" + command.footer + "\n";
  return text;
}

}  // namespace genga::cli
