// FFmpeg's hardware devices by name.
#include "video/hw_device.h"

#include <fmt/ranges.h>

#include <vector>

#include "genga/error.h"

namespace genga::video {
namespace {

DevicePtr try_device(AVHWDeviceType type, int* code) {
  AVBufferRef* device = nullptr;
  *code = av_hwdevice_ctx_create(&device, type, nullptr, nullptr, 0);
  return DevicePtr(device);
}

std::vector<std::string> device_names() {
  std::vector<std::string> names;
  for (AVHWDeviceType type = av_hwdevice_iterate_types(AV_HWDEVICE_TYPE_NONE); type != AV_HWDEVICE_TYPE_NONE;
       type = av_hwdevice_iterate_types(type)) {
    names.emplace_back(av_hwdevice_get_type_name(type));
  }
  return names;
}

}  // namespace

DevicePtr open_device(const std::string& kind) {
  if (kind.empty() || kind == "none") return nullptr;
  be_quiet();
  int code = 0;
  if (kind == "auto") {
    for (const std::string& name : device_names()) {
      if (DevicePtr device = try_device(av_hwdevice_find_type_by_name(name.c_str()), &code)) return device;
    }
    return nullptr;
  }
  const AVHWDeviceType type = av_hwdevice_find_type_by_name(kind.c_str());
  if (type == AV_HWDEVICE_TYPE_NONE) {
    fail(ErrorCode::kInvalidArgument, "--hwaccel is '{}', expected auto, none or one of {}", kind,
         fmt::join(device_names(), ", "));
  }
  DevicePtr device = try_device(type, &code);
  if (!device) {
    fail(ErrorCode::kUnsupported, "--hwaccel {}: there is no such device here: {}; leave it out", kind,
         ffmpeg_message(code));
  }
  return device;
}

void fetch_from_device(AVFrame& frame) {
  if (frame.hw_frames_ctx == nullptr) return;
  const FramePtr copy = new_frame();
  const int code = av_hwframe_transfer_data(copy.get(), &frame, 0);
  if (code < 0)
    fail(ErrorCode::kUnsupported, "a frame cannot be fetched from the decoding device: {}", ffmpeg_message(code));
  av_frame_copy_props(copy.get(), &frame);
  av_frame_unref(&frame);
  av_frame_move_ref(&frame, copy.get());
}

}  // namespace genga::video
