// The method `genga`: photo to painted anime without pairs.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_genga(const RunConfig& config);

}  // namespace genga::train
