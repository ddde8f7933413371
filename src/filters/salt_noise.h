// White specks. Source: AnimeGANv3's tools/get_saltNoise.py (its Shinkai preset teaches the discriminator with them).
#pragma once

#include "genga/image.h"
#include "genga/random.h"

namespace genga::filters {

/// Turns fraction * width * height random pixels white, some of them more than once; never one on the border.
void add_salt(image::Image& image, double fraction, Rng& rng);

}  // namespace genga::filters
