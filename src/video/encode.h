// An encoder as an EncodeSetup says it, and the sizes it gets.
#pragma once

#include <utility>

#include "genga/transcode.h"
#include "video/ffmpeg.h"

namespace genga::video {

/// Width and height of the encoded frames: turned back, and even where they must be.
std::pair<int, int> coded_size(const EncodeSetup& setup);

/// Of equal setups, encoders give equal results on one kind of processor.
CodecPtr open_encoder(const EncodeSetup& setup);

}  // namespace genga::video
