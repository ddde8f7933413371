// The method `seed_gan`: the generator and discriminator of the article this project began with, made to work.
#pragma once

#include <memory>

#include "train/method.h"

namespace genga::train {

std::unique_ptr<Method> make_seed_gan(const RunConfig& config);

}  // namespace genga::train
