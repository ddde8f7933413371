// What a named number of a step is about, for everything that shows it.
#pragma once

#include <span>
#include <string_view>

namespace genga::train {

struct TermGroup {
  std::string_view tag;    // in TensorBoard tags: "discriminator"
  std::string_view title;  // for people
};
/// In the order in which people read them.
std::span<const TermGroup> term_groups();

/// By the names that methods give their terms (method.h): "grad_..." are gradient norms; "d", "d_..." and what steers
/// or restrains discriminators belong to them; the rest to the generator.
const TermGroup& group_of(std::string_view term);

}  // namespace genga::train
