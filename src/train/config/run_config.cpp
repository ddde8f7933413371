// A run's config as TOML and as flags, and the rules that it must keep.
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/overloaded.h"
#include "genga/text.h"
#include "genga/train.h"
#include "train/config/aliases.h"
#include "train/config/options.h"
#include "train/config/split.h"
#include "train/config/toml_table.h"
#include "train/method.h"
#include "train/optim/augmenter.h"
#include "train/parts/schedule.h"

namespace genga::train {
namespace {

std::string toml_text(std::string_view text) {
  std::ostringstream out;
  out << toml::value<std::string>(std::string(text));
  return out.str();
}

/// Shortest text that reads back to the same number, always with a point or exponent, so that TOML sees a float.
std::string number(double value) {
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

void check_range(const Field& field, double value) {
  if (std::isfinite(value) && value >= field.low && value <= field.high) return;
  fail(ErrorCode::kInvalidArgument, "{}: is {}, expected {} to {}", field.name, value, field.low, field.high);
}

template <class Number>
Number parse_number(const Field& field, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail(ErrorCode::kInvalidArgument, "{}: is '{}', expected {}", field.name, text,
         std::is_integral_v<Number> ? "a whole number" : "a number");
  }
  check_range(field, static_cast<double>(value));
  return value;
}

/// Lines, and in each the paths between commas, unless the whole line is a folder's name.
Paths split_paths(std::string_view text) {
  Paths paths;
  for (const std::string& line : split(text, '\n')) {
    std::error_code none;
    const bool whole = std::filesystem::is_directory(line, none);
    for (const std::string& path : whole ? std::vector{line} : split(line, ',')) paths.emplace_back(path);
  }
  return paths;
}

[[noreturn]] void wrong_type(const Field& field, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "{}: has the wrong type, expected {}", field.name, expected);
}

template <class Number>
Number number_from(const Field& field, const toml::node& node) {
  const std::optional<Number> value = node.value<Number>();
  if (!value) wrong_type(field, std::is_integral_v<Number> ? "a whole number" : "a number");
  check_range(field, static_cast<double>(*value));
  return *value;
}

Paths paths_from(const Field& field, const toml::node& node) {
  if (const auto text = node.value<std::string>()) return {*text};
  const toml::array* array = node.as_array();
  if (array == nullptr) wrong_type(field, "a list of folders");
  Paths paths;
  for (const toml::node& item : *array) {
    const auto text = item.value<std::string>();
    if (!text) wrong_type(field, "a list of folders");
    paths.emplace_back(*text);
  }
  return paths;
}

std::string text_from(const Field& field, const toml::node& node) {
  const auto text = node.value<std::string>();
  if (!text) wrong_type(field, "text in quotes");
  return *text;
}

bool truth_from(const Field& field, const toml::node& node) {
  const auto value = node.value_exact<bool>();
  if (!value) wrong_type(field, "true or false");
  return *value;
}

/// Sets a field to what `read` makes of it, which is called with the field's type.
template <class Read>
void set_value(RunConfig& config, const Field& field, const Read& read) {
  std::visit(overloaded{
                 [&](const OptionValue& standard) {
                   OptionValue value = std::visit(
                       [&]<class T>(const T&) { return OptionValue(read(std::type_identity<T>{})); }, standard);
                   config.options.insert_or_assign(std::string(field.name), std::move(value));
                 },
                 [&]<class T>(T RunConfig::* member) { config.*member = read(std::type_identity<T>{}); },
             },
             field.member);
}

void set_from_node(RunConfig& config, const Field& field, const toml::node& node) {
  set_value(config, field,
            overloaded{
                [&](std::type_identity<std::string>) { return text_from(field, node); },
                [&](std::type_identity<Paths>) { return paths_from(field, node); },
                [&](std::type_identity<bool>) { return truth_from(field, node); },
                [&]<class Number>(std::type_identity<Number>) { return number_from<Number>(field, node); },
            });
}

/// Config, log and card are UTF-8. Said now, not when the first checkpoint's card is written.
void check_text(const RunConfig& config, const Field& field) {
  const auto require = [&](const std::string& text, std::string_view cure) {
    if (is_utf8(text)) return;
    fail(ErrorCode::kInvalidArgument, "{}: is '{}', which is not UTF-8; {}", field.name, text, cure);
  };
  std::visit(overloaded{
                 [&](std::string RunConfig::* member) { require(config.*member, "write it in UTF-8"); },
                 [&](Paths RunConfig::* member) {
                   for (const auto& path : config.*member) require(path.string(), "rename the folder");
                 },
                 [&](const OptionValue& standard) {
                   const OptionValue value = option_value(config, field.name, standard);
                   if (const auto* text = std::get_if<std::string>(&value)) require(*text, "write it in UTF-8");
                 },
                 [](auto) {},
             },
             field.member);
}

const Field& field_named(std::string_view key) {
  const auto found = std::ranges::find(fields(), current_field(key), &Field::name);
  if (found != fields().end()) return *found;
  std::vector<std::string> names;
  for (const Field& field : fields()) names.emplace_back(field.name);
  fail(ErrorCode::kInvalidArgument, "unknown key '{}'{}", key, did_you_mean(key, names));
}

}  // namespace

std::string flag_of(std::string_view name) {
  std::string flag = "--" + std::string(name);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string flag_of(const Field& field) {
  return flag_of(field.name);
}

std::string value_text(const RunConfig& config, const Field& field) {
  const auto text_of = overloaded{
      [](const std::string& text) { return toml_text(text); },
      [](double value) { return number(value); },
      [](const Paths& paths) {
        std::string list;
        for (const auto& path : paths) list += (list.empty() ? "" : ", ") + toml_text(path.string());
        return "[" + list + "]";
      },
      [](bool value) { return std::string(value ? "true" : "false"); },
      [](std::int64_t value) { return std::to_string(value); },
      [](int value) { return std::to_string(value); },
  };
  return std::visit(
      overloaded{
          [&](const OptionValue& standard) { return std::visit(text_of, option_value(config, field.name, standard)); },
          [&](auto member) { return text_of(config.*member); },
      },
      field.member);
}

void set_field(RunConfig& config, const Field& field, std::string_view text) {
  set_value(config, field,
            overloaded{
                [&](std::type_identity<std::string>) { return std::string(text); },
                [&](std::type_identity<Paths>) { return split_paths(text); },
                [&](std::type_identity<bool>) {
                  if (text != "true" && text != "false") {
                    fail(ErrorCode::kInvalidArgument, "{}: is '{}', expected true or false", field.name, text);
                  }
                  return text == "true";
                },
                [&]<class Number>(std::type_identity<Number>) { return parse_number<Number>(field, text); },
            });
}

void apply_toml(RunConfig& config, std::string_view text, std::string_view source) {
  const toml::table table = parse_toml(text, source);
  for (const auto& [key, node] : table) {
    try {
      set_from_node(config, field_named(key.str()), node);
    } catch (const Error& error) {
      throw error.with_context(fmt::format("{}:{}", source, node.source().begin.line));
    }
  }
}

std::string to_toml(const RunConfig& config) {
  const MethodRow& method = find_method(config.method);
  std::string text;
  std::string_view group;
  for (const Field& field : fields()) {
    if (!reads(method, field)) continue;
    if (field.group != group) text += fmt::format("{}# {}\n", text.empty() ? "" : "\n", field.group);
    group = field.group;
    text += fmt::format("{} = {}\n", field.name, value_text(config, field));
  }
  return text;
}

void check(const RunConfig& config) {
  const auto require = [](bool ok, std::string_view message) {
    if (!ok) fail(ErrorCode::kInvalidArgument, "{}", message);
  };
  for (const Field& field : fields()) check_text(config, field);
  const MethodRow& method = find_method(config.method);
  require(!method.needs.style || !config.style.empty(), "no style given; add --style FOLDER");
  require(method.needs.style || config.style.empty(),
          fmt::format("style: method '{}' learns from a model and takes none; leave --style out", method.name));
  require(!method.needs.photo || !config.photos.empty(), "no photos given; add --photos FOLDER");
  require(method.needs.photo || config.photos.empty(),
          fmt::format("photos: method '{}' makes images from noise and takes none; leave --photos out", method.name));
  require(config.crop % method.crop_multiple == 0, fmt::format("crop: is {}, method '{}' expects a multiple of {}",
                                                               config.crop, method.name, method.crop_multiple));
  require(config.photo_scale_low <= config.photo_scale_high, "photo_scale_low: is above photo_scale_high");
  require(config.style_scale_low <= config.style_scale_high, "style_scale_low: is above style_scale_high");
  require(
      config.smooth_salt == 0 || method.needs.style_smooth,
      fmt::format("smooth_salt: method '{}' uses no style images with blurred contours; leave it out", method.name));
  require(!config.name.empty() &&
              std::ranges::all_of(config.name,
                                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; }),
          fmt::format("name: is '{}', expected letters, digits, '-' and '_'", config.name));
  schedule_by_name(config.schedule);
  check_augment(config.augment);
  try {
    parse_bytes(config.image_memory);
  } catch (const Error& error) {
    throw error.with_context("image_memory");
  }
  check_options(config, method);
}

RunConfig read_run_config(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "config.toml";
  if (!std::filesystem::exists(file)) {
    fail(ErrorCode::kNotFound, "'{}': holds no run (there is no config.toml); give the folder that --output named",
         run.string());
  }
  const std::vector<std::byte> bytes = read_file(file, 1 << 20);
  RunConfig config;
  apply_toml(config, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
  return config;
}

}  // namespace genga::train
