// Quarter turns of an image.
#pragma once

#include "genga/image.h"

namespace genga::video {

/// The image turned clockwise by 0, 90, 180 or 270 degrees.
image::Image turn(image::Image image, int degrees);

}  // namespace genga::video
