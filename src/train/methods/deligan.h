// The method `deligan`: images from a learnt mixture of Gaussians, for small sets.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_deligan(const RunConfig& config);

}  // namespace genga::train
