// Reads images for measuring: all of one square size.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "genga/image.h"

namespace genga::eval {

using Paths = std::vector<std::filesystem::path>;

/// At most n of the paths, evenly spread.
Paths thinned(const Paths& paths, int n);

/// Calls `use` with each image, filled and cropped centrally to size_px x size_px (enlarged if smaller); those that
/// cannot be read are skipped, and a sentence for each is added to `notes`.
void for_each_image(const Paths& paths, int size_px, std::vector<std::string>& notes,
                    const std::function<void(image::Image)>& use);

}  // namespace genga::eval
