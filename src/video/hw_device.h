// Decoding by a graphics card, where FFmpeg has it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "video/ffmpeg.h"

namespace genga::video {

struct FreeBuffer {
  void operator()(AVBufferRef* buffer) const { av_buffer_unref(&buffer); }
};
using DevicePtr = std::unique_ptr<AVBufferRef, FreeBuffer>;

/// kind: "cuda", "vaapi", ... as FFmpeg names them; "auto": the first that is there, else null; empty or "none": null.
/// Throws Error: kInvalidArgument (not a kind), kUnsupported (not there).
DevicePtr open_device(const std::string& kind);

/// The frame in this machine's memory, where it was a device's. Throws Error: kUnsupported.
void fetch_from_device(AVFrame& frame);

}  // namespace genga::video
