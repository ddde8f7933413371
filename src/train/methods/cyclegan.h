// The method `cyclegan`: two generators, one each way, and what goes there and back must be what it was.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_cyclegan(const RunConfig& config);

}  // namespace genga::train
