// The table of fields as options, and what was typed as a config.
#include "app_train/run_options.h"

#include <algorithm>
#include <cstddef>
#include <variant>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/overloaded.h"

namespace genga::cli {
namespace {

/// What the value of an option is, as help shows it and completions read it.
std::string value_name(const train::Field& field) {
  static const std::map<std::string_view, const char*> kKinds{
      {"method", "METHOD"}, {"preset", "PRESET"}, {"image_memory", "BYTES"}};
  const auto kind = kKinds.find(field.name);
  if (kind != kKinds.end()) return kind->second;
  if (field.value == "FILE" || field.value.find('|') != std::string_view::npos) return std::string(field.value);
  return std::visit(
      overloaded{[](int train::RunConfig::*) { return "N"; }, [](std::int64_t train::RunConfig::*) { return "N"; },
                 [](double train::RunConfig::*) { return "X"; }, [](bool train::RunConfig::*) { return "true|false"; },
                 [](std::string train::RunConfig::*) { return "TEXT"; },
                 [](train::Paths train::RunConfig::*) { return "PATH"; },
                 [](const train::OptionValue& value) {
                   return std::visit(overloaded{[](bool) { return "true|false"; }, [](std::int64_t) { return "N"; },
                                                [](double) { return "X"; }, [](const std::string&) { return "TEXT"; }},
                                     value);
                 }},
      field.member);
}

/// A field's value as a person would type it; "" if there is none.
std::string plain_value(const train::RunConfig& config, const train::Field& field) {
  std::string text = train::value_text(config, field);
  std::erase_if(text, [](char c) { return c == '\'' || c == '"' || c == '[' || c == ']'; });
  return text;
}

/// The field's help with a capital letter, unless it begins with a word that the value may be ("lsgan, hinge, ...").
std::string sentence(const train::Field& field) {
  std::string text(field.help);
  const std::size_t end = std::min(text.find_first_of(" ,:;"), text.size());
  const std::string words = fmt::format("|{}|", field.value);
  const bool is_value = words.find(fmt::format("|{}|", text.substr(0, end))) != std::string::npos;
  if (!is_value && end < text.size() && text[end] != ',' && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string help_of(const train::RunConfig& config, const train::Field& field) {
  const std::string value = plain_value(config, field);
  return sentence(field) + (value.empty() ? "" : fmt::format(" (default {})", value));
}

/// The config that help describes: of the method and presets among the arguments, as far as they make sense.
train::RunConfig helped_config(const std::vector<std::string>& arguments) {
  std::vector<train::Flag> flags;
  for (const train::Field& field : train::fields()) {
    if (field.name != "method" && field.name != "preset") continue;
    const std::string flag = train::flag_of(field);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == flag && i + 1 < arguments.size()) flags.emplace_back(&field, arguments[i + 1]);
      if (arguments[i].starts_with(flag + "=")) flags.emplace_back(&field, arguments[i].substr(flag.size() + 1));
    }
  }
  try {
    return train::compose("", "", flags);
  } catch (const Error&) {
    return train::compose("", "", {});  // a run will say what is wrong
  }
}

CLI::Option* add_field_option(CLI::App& app, const std::string& flag, const train::Field& field, RunFlags& f) {
  CLI::Option* option =
      app.add_option_function<std::string>(
             flag,
             [&f, &field](const std::string& text) {
               if (("\n" + text).find("\n--") != std::string::npos) {  // CLI11 takes the next option for a value
                 fail(ErrorCode::kInvalidArgument, "{}: is '{}', expected a value before the next option", field.name,
                      text);
               }
               f.fields[&field] = text;
             })
          ->type_name(value_name(field));
  // Folders may be given one by one: --photos a --photos b.
  if (std::holds_alternative<train::Paths train::RunConfig::*>(field.member)) {
    option->multi_option_policy(CLI::MultiOptionPolicy::Join);
  }
  return option;
}

/// False for a field that only other methods read.
bool is_read(const train::RunConfig& config, const train::Field& field) {
  static const std::vector<train::MethodInfo> methods = train::list_methods();
  const auto reads = [&](const train::MethodInfo& method) {
    return std::ranges::find(method.fields, field.name) != method.fields.end();
  };
  const auto method = std::ranges::find(methods, config.method, &train::MethodInfo::name);
  return std::ranges::none_of(methods, reads) || reads(*method);
}

std::string read_text(const std::string& file) {
  constexpr std::int64_t kMaxBytes = 1 << 20;
  const std::vector<std::byte> bytes = read_file(file, kMaxBytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void add_run_options(CLI::App& app, RunFlags& f) {
  app.add_option("-c,--config", f.config_file,
                 "TOML file over the method's preset; its keys are the options below with '_' for '-'")
      ->type_name("FILE");
  app.add_option("-o,--output", f.output, "Folder for the run: checkpoints, previews, log, model")->type_name("FOLDER");
  app.add_option("--resume", f.resume, "Go on with the run in this folder; other options override its config")
      ->type_name("FOLDER");
  app.add_flag("--dry-run", f.dry_run, "Print networks, cost, memory and time; train nothing");
  app.add_flag("-q,--quiet", f.quiet, "Print errors only");
  const train::RunConfig defaults = train::compose("", "", {});
  for (const train::Field& field : train::fields()) {
    const std::string short_name = field.name == "threads" ? "-j," : "";  // as the other commands have it
    add_field_option(app, short_name + train::flag_of(field), field, f)
        ->description(help_of(defaults, field))
        ->group(std::string(field.group));
  }
  for (const train::Alias& alias : train::field_aliases()) {  // flags of earlier versions: known, but not shown
    const auto field = std::ranges::find(train::fields(), alias.name, &train::Field::name);
    add_field_option(app, train::flag_of(alias.old_name), *field, f)->group("");
  }
}

void adapt_to_method(CLI::App& app, const std::vector<std::string>& arguments) {
  const train::RunConfig config = helped_config(arguments);
  for (const train::Field& field : train::fields()) {
    CLI::Option* option = app.get_option(train::flag_of(field));
    option->description(help_of(config, field));
    if (!is_read(config, field)) option->group("");
  }
}

train::RunConfig make_config(const RunFlags& flags) {
  const std::string toml = flags.config_file.empty() ? "" : read_text(flags.config_file);
  if (flags.resume.empty()) {
    const std::vector<train::Flag> typed(flags.fields.begin(), flags.fields.end());
    return train::compose(toml, flags.config_file, typed);
  }
  train::RunConfig config = train::read_run_config(flags.resume);
  const train::RunConfig begun = config;
  if (!toml.empty()) train::apply_toml(config, toml, flags.config_file);
  for (const auto& [field, text] : flags.fields) train::set_field(config, *field, text);
  if (config.method != begun.method) {
    fail(ErrorCode::kInvalidArgument, "'{}' was trained by method '{}' and cannot go on by '{}'; start a new run",
         flags.resume, begun.method, config.method);
  }
  if (config.preset != begun.preset || config.init_from != begun.init_from) {
    fail(ErrorCode::kInvalidArgument,
         "--preset and --init-from say how a run begins, and '{}' has begun; set single options, or start a new run",
         flags.resume);
  }
  return config;
}

}  // namespace genga::cli
