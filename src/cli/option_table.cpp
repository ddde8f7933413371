// From CLI11's tables to ours, and as text from one program to another.
#include "cli/option_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace genga::cli {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OptionDoc, short_name, long_name, positional, value, help, group, repeatable)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CommandDoc, name, path, summary, footer, options, commands, bare_command, words)

namespace {

OptionDoc describe_option(const CLI::Option& option) {
  OptionDoc doc;
  if (!option.get_snames().empty()) doc.short_name = "-" + option.get_snames().front();
  if (!option.get_lnames().empty()) doc.long_name = "--" + option.get_lnames().front();
  if (option.get_positional()) doc.positional = option.get_name(true, false);
  // A flag has no values; CLI11 still gives it a type name.
  if (option.get_items_expected_max() > 0) doc.value = option.get_type_name();
  doc.help = option.get_description();
  doc.group = option.get_group();
  doc.repeatable = option.get_items_expected_max() > 1;
  return doc;
}

}  // namespace

CommandDoc describe(const CLI::App& app, const std::string& parent) {
  CommandDoc doc;
  doc.name = app.get_name();
  doc.path = parent.empty() ? doc.name : parent + " " + doc.name;
  doc.summary = app.get_description();
  doc.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) doc.options.push_back(describe_option(*option));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    doc.commands.push_back(describe(*sub, doc.path));
  }
  return doc;
}

std::string table_text(const CommandDoc& program) {
  return nlohmann::json(program).dump();
}

CommandDoc table_from_text(const std::string& text) {
  try {
    return nlohmann::json::parse(text).get<CommandDoc>();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

std::string OptionDoc::spelling() const {
  std::string names = short_name.empty() || long_name.empty() ? short_name + long_name : short_name + ", " + long_name;
  if (names.empty()) return positional;
  return value.empty() ? names : names + " " + value;
}

std::vector<std::string> CommandDoc::long_names() const {
  std::vector<std::string> names;
  for (const auto& option : options) {
    if (!option.long_name.empty() && !option.group.empty()) names.push_back(option.long_name);
  }
  return names;
}

std::vector<std::string> CommandDoc::command_names() const {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string word;
  std::string line;
  while (words >> word) {
    if (!line.empty() && line.size() + 1 + word.size() > width) lines.push_back(std::exchange(line, ""));
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace genga::cli
