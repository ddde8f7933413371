// Quarter turns of a picture.
#pragma once

#include "genga/image.h"

namespace genga::video {

/// The picture turned clockwise by 0, 90, 180 or 270 degrees.
image::Image turn(image::Image picture, int degrees);

}  // namespace genga::video
