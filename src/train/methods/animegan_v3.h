// The method `animegan_v3`: photo to anime with two tails, one of which learns from filtered images of the other.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_animegan_v3(const RunConfig& config);

}  // namespace genga::train
