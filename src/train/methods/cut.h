// The methods `cut` and `fastcut`: one generator, held to the photo by contrasting patches of its own features.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_cut(const RunConfig& config);
/// Section 4 of the paper: no identity term, more weight on the contrast, and mirrored photos.
std::unique_ptr<Method> make_fastcut(const RunConfig& config);

}  // namespace genga::train
