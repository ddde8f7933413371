// The method `animegan_v2`, with its lite generator.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_animegan_v2(const RunConfig& config);

}  // namespace genga::train
