// The table of methods.
#include "train/method.h"

#include <algorithm>
#include <cmath>

#include "genga/base.h"
#include "genga/error.h"
#include "train/methods/methods.h"

namespace genga::train {

bool all_finite(const Terms& terms) {
  return std::ranges::all_of(terms, [](const auto& term) { return std::isfinite(term.second); });
}

std::span<const MethodRow> methods() {
  static const std::vector<MethodRow> rows{
      genga_method(),        distil_method(),      cyclegan_method(), cut_method(),         fastcut_method(),
      ugatit_light_method(), cartoongan_method(),  animegan_method(), animegan_v2_method(), animegan_v3_method(),
      whitebox_method(),     autoencoder_method(), seed_gan_method(), dcgan_method(),       deligan_method(),
  };
  return rows;
}

const MethodRow& find_method(std::string_view name) {
  std::vector<std::string> names;
  for (const MethodRow& row : methods()) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  fail(ErrorCode::kNotFound, "method: '{}' is not known{}; genga-train methods lists them", name,
       did_you_mean(name, names));
}

bool reads(const MethodRow& method, const Field& field) {
  return !std::holds_alternative<OptionValue>(field.member) ||
         std::ranges::find(method.options, field.name, &Field::name) != method.options.end();
}

void check_options(const RunConfig& config, const MethodRow& method) {
  static const RunConfig defaults;
  for (const Field& field : fields()) {
    if (reads(method, field) || value_text(config, field) == value_text(defaults, field)) continue;
    fail(ErrorCode::kInvalidArgument, "{}: is set to {}, but method '{}' has no use for it; leave it out", field.name,
         value_text(config, field), method.name);
  }
  if (method.check != nullptr) method.check(config);
}

std::vector<MethodInfo> list_methods() {
  std::vector<MethodInfo> list;
  for (const MethodRow& row : methods()) {
    MethodInfo info{row.name, row.summary, row.source_text, !row.needs.photo, {}};
    for (const Field& field : row.options) info.fields.emplace_back(field.name);
    list.push_back(std::move(info));
  }
  return list;
}

}  // namespace genga::train
