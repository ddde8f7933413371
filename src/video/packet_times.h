// The times of all packets of a video, by reading it once.
#pragma once

#include <filesystem>
#include <vector>

#include "video/clip_plan.h"
#include "video/ffmpeg.h"

namespace genga::video {

struct PacketTimes {
  std::vector<PacketTime> packets;  // of the video stream, in the file's order, without those that are not shown
  bool complete = true;             // each packet has a time, and none goes back; else the video cannot be cut
  double end_s = 0;                 // of any stream, as the packets say; from the file's start time on
};

/// stream_index: of the video stream.
PacketTimes read_packet_times(const std::filesystem::path& path, int stream_index);

/// When the file's first stream starts, in seconds; 0: unknown.
double start_time_of(const AVFormatContext& format);

}  // namespace genga::video
