// How a method declares its options: structs of plain members, each with a table of their names, help and ranges.
//
//   struct CutWeights {
//     double w_nce = 0;
//     static std::vector<Option<CutWeights>> table() {
//       return {{"w_nce", kLosses, "weight: patchwise contrast", &CutWeights::w_nce}};
//     }
//   };
//   using CutOptions = OptionSet<WidthOptions, DiscriminatorOptions, CutWeights>;   // shared_options.h has the others
//   const auto options = read_options<CutOptions>(config);  options.w_nce, options.width, ...
// A struct may have `void check() const`, which throws where its members do not go together. Options of one name are
// the same option: methods that share it share its struct.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "genga/train.h"

namespace genga::train {

// Headings of --help that methods' options come under.
inline constexpr std::string_view kNetworks = "Networks", kLosses = "Losses", kFilterTarget = "Filter target";
inline constexpr double kNoLimit = std::numeric_limits<double>::max();

/// One row of a struct's table; as Field.
template <class T>
struct Option {
  std::string_view name, group, help;
  std::variant<int T::*, double T::*, bool T::*, std::string T::*> member;
  double low = 0, high = kNoLimit;
  std::string_view value{};
};

/// All members of some structs, which may be OptionSets themselves.
template <class... Structs>
struct OptionSet : Structs... {};

/// The value that `config` gives the option `name`, with the type of `standard`; `standard` if it gives none. Throws
/// Error: kInvalidArgument if it is text where a number is meant, or the other way round.
OptionValue option_value(const RunConfig& config, std::string_view name, const OptionValue& standard);

/// int, double, bool and std::string as OptionValue holds them.
template <class Value>
OptionValue as_option(const Value& value) {
  if constexpr (std::is_same_v<Value, int>) {
    return std::int64_t{value};
  } else {
    return value;
  }
}

template <class T>
void append_fields(const T& defaults, std::vector<Field>& fields) {
  for (const Option<T>& row : T::table()) {
    const OptionValue standard = std::visit([&](auto member) { return as_option(defaults.*member); }, row.member);
    fields.push_back({row.name, row.group, row.help, standard, row.low, row.high, row.value});
  }
}
template <class... Structs>
void append_fields(const OptionSet<Structs...>& defaults, std::vector<Field>& fields) {
  (append_fields(static_cast<const Structs&>(defaults), fields), ...);
}

template <class T>
void read_into(T& options, const RunConfig& config) {
  for (const Option<T>& row : T::table()) {
    std::visit(
        [&](auto member) {
          auto& value = options.*member;
          const OptionValue found = option_value(config, row.name, as_option(value));
          std::visit(
              [&value]<class Found>(const Found& v) {
                using Value = std::remove_reference_t<decltype(value)>;
                if constexpr (std::is_same_v<Value, std::string> == std::is_same_v<Found, std::string>) {
                  value = static_cast<Value>(v);
                }
              },
              found);
        },
        row.member);
  }
}
template <class... Structs>
void read_into(OptionSet<Structs...>& options, const RunConfig& config) {
  (read_into(static_cast<Structs&>(options), config), ...);
}

template <class T>
void check_rules(const T& options) {
  if constexpr (requires { options.check(); }) options.check();
}
template <class... Structs>
void check_rules(const OptionSet<Structs...>& options) {
  (check_rules(static_cast<const Structs&>(options)), ...);
}

/// Rows for MethodRow::options.
template <class Options>
std::vector<Field> option_fields() {
  std::vector<Field> fields;
  append_fields(Options{}, fields);
  return fields;
}

/// Defaults, and over them what the config sets. Throws Error: kInvalidArgument as the structs' check().
template <class Options>
Options read_options(const RunConfig& config) {
  Options options{};
  read_into(options, config);
  check_rules(options);
  return options;
}

}  // namespace genga::train
