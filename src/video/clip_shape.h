// What a source's frames are like, and what size they get.
#pragma once

#include "genga/transcode.h"
#include "video/deep_frame.h"
#include "video/ffmpeg.h"

namespace genga::video {

/// How the frame's samples are to be read; what is not said is said as players assume it.
ColorTags tags_of(const AVFrame& frame, bool tone_mapped);

Ratio ratio(AVRational value);

/// What the stored frames are scaled to, and what is kept of that, as the wanted size of upright frames says.
DeepReader::Size size_for(const image::TargetSize& wanted, int width, int height, bool sideways);

}  // namespace genga::video
