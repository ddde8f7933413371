// Reads all packets and decodes none.
#include "video/packet_times.h"

#include <algorithm>

#include "video/open_video.h"

namespace genga::video {

double start_time_of(const AVFormatContext& format) {
  return format.start_time == AV_NOPTS_VALUE ? 0 : static_cast<double>(format.start_time) / AV_TIME_BASE;
}

PacketTimes read_packet_times(const std::filesystem::path& path, int stream_index) {
  const FormatPtr format = open_container(path);
  const double start = start_time_of(*format);
  const bool reorders = format->streams[stream_index]->codecpar->video_delay > 0;
  const PacketPtr packet = new_packet();
  PacketTimes times;
  for (; av_read_frame(format.get(), packet.get()) >= 0; av_packet_unref(packet.get())) {
    const AVStream& stream = *format->streams[packet->stream_index];
    std::int64_t pts = packet->pts;
    if (pts == AV_NOPTS_VALUE && !reorders) pts = packet->dts;
    if (pts != AV_NOPTS_VALUE) {
      times.end_s =
          std::max(times.end_s, static_cast<double>(pts + packet->duration) * av_q2d(stream.time_base) - start);
    }
    if (packet->stream_index != stream_index || (packet->flags & AV_PKT_FLAG_DISCARD) != 0) continue;
    const std::int64_t dts = packet->dts == AV_NOPTS_VALUE ? pts : packet->dts;
    const bool goes_back = !times.packets.empty() && dts < times.packets.back().dts;
    times.complete = times.complete && pts != AV_NOPTS_VALUE && !goes_back;
    times.packets.push_back({.pts = pts, .dts = dts, .key = (packet->flags & AV_PKT_FLAG_KEY) != 0});
  }
  return times;
}

}  // namespace genga::video
