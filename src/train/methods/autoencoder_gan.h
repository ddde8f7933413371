// The method `autoencoder_gan`: photo to style through a code, x^ = D(E(x)).
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_autoencoder_gan(const RunConfig& config);

}  // namespace genga::train
