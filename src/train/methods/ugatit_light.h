// The method `ugatit_light`: two generators that attend to what sets the two domains apart.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_ugatit_light(const RunConfig& config);

}  // namespace genga::train
