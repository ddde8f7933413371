// Sound and text subtitles decoded and encoded again, where a container cannot hold them as they are.
#pragma once

#include <functional>
#include <memory>

#include "video/ffmpeg.h"

namespace genga::video {

/// Takes a packet that is ready, in the converter's time base.
using PacketTaker = std::function<void(AVPacket&)>;

class StreamConverter {
 public:
  virtual ~StreamConverter() = default;
  /// What the container must know of the result.
  virtual void describe(AVStream& out) const = 0;
  virtual AVRational time_base() const = 0;
  virtual void convert(AVPacket& packet, const PacketTaker& take) = 0;
  virtual void finish(const PacketTaker& take) = 0;
};

/// Null if FFmpeg has no decoder or encoder for it.
std::unique_ptr<StreamConverter> make_sound_converter(const AVStream& in, AVCodecID to, bool global_header);
std::unique_ptr<StreamConverter> make_text_converter(const AVStream& in, AVCodecID to, bool global_header);

}  // namespace genga::video
