// Where a video can be cut: key packets whose frames, and all after them, are shown after everything before them.
#pragma once

#include <span>

#include "genga/transcode.h"

namespace genga::video {

/// A packet of the video stream. Times in the stream's time base.
struct PacketTime {
  std::int64_t pts = 0, dts = 0;
  bool key = false;
};

struct CutOptions {
  std::int64_t begin_pts = 0, end_pts = 0;  // what is shown outside is left out
  std::int64_t part_ticks = 0;              // a part is at least so long
};

/// ClipPart::key_pts of a part that is read from the source's first packet on.
inline constexpr std::int64_t kFromTheStart = INT64_MIN;

/// Parts without a gap, each but the last at least part_ticks long. packets: in the file's order. Empty if nothing is
/// shown in between.
std::vector<ClipPart> cut_parts(std::span<const PacketTime> packets, const CutOptions& options);

}  // namespace genga::video
