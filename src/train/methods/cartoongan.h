// The method `cartoongan`: photo to cartoon without pairs; edges count.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_cartoongan(const RunConfig& config);

}  // namespace genga::train
