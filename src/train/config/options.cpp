// Reading the options that a run's config holds by name.
#include "train/config/options.h"

#include "genga/error.h"
#include "genga/overloaded.h"

namespace genga::train {
namespace {

/// A number as another type of number.
template <class Number>
OptionValue converted(std::string_view name, const OptionValue& value) {
  return std::visit(overloaded{[&](const std::string& text) -> OptionValue {
                                 fail(ErrorCode::kInvalidArgument, "{}: is '{}', expected a number", name, text);
                               },
                               [](auto number) -> OptionValue { return static_cast<Number>(number); }},
                    value);
}

}  // namespace

OptionValue option_value(const RunConfig& config, std::string_view name, const OptionValue& standard) {
  const auto found = config.options.find(name);
  if (found == config.options.end()) return standard;
  return std::visit(overloaded{[&](const std::string&) -> OptionValue {
                                 if (std::holds_alternative<std::string>(found->second)) return found->second;
                                 fail(ErrorCode::kInvalidArgument, "{}: is a number, expected text", name);
                               },
                               [&]<class Number>(Number) { return converted<Number>(name, found->second); }},
                    standard);
}

}  // namespace genga::train
