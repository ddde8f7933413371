// The method `dcgan`: images from noise by strided convolutions.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_dcgan(const RunConfig& config);

}  // namespace genga::train
