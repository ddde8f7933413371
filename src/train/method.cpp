#include "train/method.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/base.h"
#include "genga/error.h"
#include "train/methods/genga.h"

namespace genga::train {
namespace {

constexpr std::array kMethods{
    MethodRow{"genga", "small local generator; painted teacher first, then patch discriminators", make_genga},
};

}  // namespace

bool all_finite(const Terms& terms) {
  return std::ranges::all_of(terms, [](const auto& term) { return std::isfinite(term.second); });
}

std::span<const MethodRow> methods() {
  return kMethods;
}

std::unique_ptr<Method> make_method(const RunConfig& config) {
  std::vector<std::string> names;
  for (const MethodRow& row : kMethods) {
    if (row.name == config.method) return row.make(config);
    names.emplace_back(row.name);
  }
  fail(ErrorCode::kNotFound, "method: '{}' is not known{}", config.method, did_you_mean(config.method, names));
}

}  // namespace genga::train
