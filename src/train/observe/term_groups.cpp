// Groups of terms, by the first word of their names.
#include "train/observe/term_groups.h"

#include <algorithm>
#include <array>

namespace genga::train {
namespace {

enum Index : std::size_t { kGenerator, kDiscriminator, kGradient, kSpeed };

constexpr std::array<TermGroup, 4> kGroups{{{"generator", "Generator"},
                                            {"discriminator", "Discriminators"},
                                            {"gradient_norm", "Gradient norms"},
                                            {"speed", "Speed and schedule"}}};

constexpr std::array<std::string_view, 6> kSpeedTerms{"images_per_second", "memory",        "rate",
                                                      "seconds_per_step",  "learning_rate", "epoch"};
/// First words of names such as "d_color", "r1", "ada_p".
constexpr std::array<std::string_view, 7> kDiscriminatorWords{"d",       "discriminator", "r1",    "gp",
                                                              "penalty", "ada",           "dragan"};

}  // namespace

std::span<const TermGroup> term_groups() {
  return kGroups;
}

const TermGroup& group_of(std::string_view term) {
  const std::string_view word = term.substr(0, term.find('_'));
  if (word == "grad") return kGroups[kGradient];
  if (std::ranges::count(kSpeedTerms, term) > 0 || word == "lr") return kGroups[kSpeed];
  return kGroups[std::ranges::count(kDiscriminatorWords, word) > 0 ? kDiscriminator : kGenerator];
}

}  // namespace genga::train
