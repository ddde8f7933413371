// Everything of the source but its images: copied into the result, converted where the container asks for it, or left
// out, with one note each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "genga/transcode.h"
#include "video/ffmpeg.h"
#include "video/stream_converter.h"

namespace genga::video {

/// Which stretch of the source is in the result. Seconds from the file's start time on.
struct Stretch {
  double file_start_s = 0, start_s = 0, end_s = 0;

  /// Source time minus result time, in a time base.
  std::int64_t shift(AVRational base) const;
};

/// How a stream of the source goes on: `out` is null for one that is left out.
struct OtherStream {
  AVStream* out = nullptr;
  bool cover = false;                            // is written with the header, and has no packets
  std::unique_ptr<StreamConverter> converter{};  // null: copied
  AVRational base{};                             // of the packets that are written
  std::int64_t last_dts = AV_NOPTS_VALUE;        // in out's time base
  std::int64_t jumped = 0;                       // added, because times went back; in out's time base
};

/// Times that go back by so much have begun anew: what follows goes on behind what came before, at its own pace.
/// Smaller steps back are errors of single packets.
inline constexpr double kJump_s = 1;

class OtherStreams {
 public:
  /// Adds streams to the muxer. image_stream: of the source; its place in the order is given to `add_images`.
  OtherStreams(AVFormatContext& source, AVFormatContext& muxer, int image_stream, const Stretch& stretch,
               const JoinOptions& options, const std::function<void()>& add_images);
  std::vector<std::string> take_notes();
  /// A packet of the source that is to be written, or not: then false. `ready` gets it, in its stream's time base.
  void take(AVPacket& packet, const PacketTaker& ready);
  void finish(const PacketTaker& ready);

 private:
  void add(const AVStream& in, OtherStream& other);
  void add_cover(const AVStream& in, OtherStream& other);
  bool convert(const AVStream& in, OtherStream& other);
  void copy_texts(const AVStream& in, AVStream& out) const;
  bool in_stretch(const AVStream& in, AVPacket& packet) const;
  static void follow_on(OtherStream& other, AVPacket& packet);
  void hand_on(OtherStream& other, AVPacket& packet, const PacketTaker& ready);

  AVFormatContext& source_;
  AVFormatContext& muxer_;
  const Stretch stretch_;
  const JoinOptions options_;
  std::vector<OtherStream> streams_;
  std::vector<std::string> notes_;
};

}  // namespace genga::video
