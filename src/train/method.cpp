#include "train/method.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/base.h"
#include "genga/error.h"
#include "train/methods/cut.h"
#include "train/methods/cyclegan.h"
#include "train/methods/genga.h"
#include "train/methods/ugatit_light.h"
#include "train/teacher/teacher.h"

namespace genga::train {
namespace {

const std::array kMethods{
    MethodRow{.name = "genga",
              .summary = "small local generator; painted teacher first, then patch discriminators",
              .source_text = "this project, docs/styles/pepper.md",
              .needs = {.photo_margin = kTeacherMargin, .style_smooth = true},
              .crop_multiple = 8,
              .fields = "width discriminator_width adversarial w_critic_color w_critic_grey d_smooth w_teacher "
                        "w_gradient w_low Teacher",
              .make = make_genga},
    MethodRow{.name = "cyclegan",
              .summary = "two generators, there and back again; learns from few kinds of pictures, keeps shapes",
              .source_text = "Zhu et al., ICCV 2017, arXiv 1703.10593",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_cycle w_identity",
              .make = make_cyclegan},
    MethodRow{.name = "cut",
              .summary = "one generator, held to the photo by contrasting its patches",
              .source_text = "Park et al., ECCV 2020, arXiv 2007.15651",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_nce w_identity",
              .make = make_cut},
    MethodRow{.name = "fastcut",
              .summary = "CUT without its identity term, mirrored at random: half the time and memory",
              .source_text = "Park et al., ECCV 2020, arXiv 2007.15651, section 4",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_nce w_identity",
              .make = make_fastcut},
    MethodRow{.name = "ugatit_light",
              .summary = "CycleGAN with attention and AdaLIN, for faces; slow",
              .source_text = "Kim et al., ICLR 2020, arXiv 1907.10830",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_cycle w_identity w_cam",
              .make = make_ugatit_light},
};

/// Groups whose fields belong to methods; all others concern every run.
bool is_own(std::string_view group) {
  return group == "Networks" || group == "Losses" || group == "Teacher";
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words = space == std::string_view::npos ? std::string_view{} : words.substr(space + 1);
  }
  return false;
}

bool reads(const MethodRow& method, const Field& field) {
  return !is_own(field.group) || has_word(method.fields, field.name) || has_word(method.fields, field.group);
}

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
  fail(ErrorCode::kNotFound, "method: '{}' is not known{}; genga-train methods lists them", name,
       did_you_mean(name, names));
}

void check_fields(const RunConfig& config, const MethodRow& method) {
  static const RunConfig defaults;
  for (const Field& field : fields()) {
    if (reads(method, field) || value_text(config, field) == value_text(defaults, field)) continue;
    fail(ErrorCode::kInvalidArgument, "{}: is set to {}, but method '{}' has no use for it; leave it out", field.name,
         value_text(config, field), method.name);
  }
}

std::vector<MethodInfo> list_methods() {
  std::vector<MethodInfo> list;
  for (const MethodRow& row : kMethods) {
    MethodInfo info{row.name, row.summary, row.source_text, row.source == Source::kNoise, {}};
    for (const Field& field : fields()) {
      if (is_own(field.group) && reads(row, field)) info.fields.emplace_back(field.name);
    }
    list.push_back(std::move(info));
  }
  return list;
}

}  // namespace genga::train
