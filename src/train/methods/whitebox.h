// The method `whitebox`: three views of a cartoon, judged one by one.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_whitebox(const RunConfig& config);

}  // namespace genga::train
