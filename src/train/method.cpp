#include "train/method.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/base.h"
#include "genga/error.h"
#include "train/methods/genga.h"
#include "train/teacher/teacher.h"

namespace genga::train {
namespace {

constexpr std::array kMethods{
    MethodRow{"genga", "small local generator; painted teacher first, then patch discriminators", kTeacherMargin,
              make_genga},
};

}  // namespace

bool all_finite(const Terms& terms) {
  return std::ranges::all_of(terms, [](const auto& term) { return std::isfinite(term.second); });
}

std::span<const MethodRow> methods() {
  return kMethods;
}

const MethodRow& find_method(std::string_view name) {
  std::vector<std::string> names;
  for (const MethodRow& row : kMethods) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  fail(ErrorCode::kNotFound, "method: '{}' is not known{}", name, did_you_mean(name, names));
}

}  // namespace genga::train
