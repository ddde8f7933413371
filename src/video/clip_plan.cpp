// The cuts of a video, from the times of its packets.
#include "video/clip_plan.h"

#include <algorithm>
#include <limits>

namespace genga::video {
namespace {

/// Positions of packets that a decoder can start at without a frame being lost or given twice.
std::vector<std::size_t> clean_cuts(std::span<const PacketTime> packets) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> min_after(packets.size() + 1, kMax);
  for (std::size_t i = packets.size(); i-- > 0;) min_after[i] = std::min(min_after[i + 1], packets[i].pts);
  std::vector<std::size_t> cuts;
  std::int64_t max_before = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i > 0 && packets[i].key && min_after[i] > max_before) cuts.push_back(i);
    max_before = std::max(max_before, packets[i].pts);
  }
  return cuts;
}

}  // namespace

std::vector<ClipPart> cut_parts(std::span<const PacketTime> packets, const CutOptions& options) {
  ClipPart part{.begin_pts = options.begin_pts, .end_pts = options.end_pts, .key_pts = kFromTheStart};
  std::vector<ClipPart> parts;
  std::int64_t shown_from = options.begin_pts;  // of the part's first frame
  for (const std::size_t i : clean_cuts(packets)) {
    const PacketTime& key = packets[i];
    if (key.pts >= options.end_pts) break;
    if (key.pts <= options.begin_pts) {  // a later place to start
      part.key_pts = key.pts;
      part.key_dts = key.dts;
      continue;
    }
    shown_from = std::max(shown_from, packets.front().pts);
    if (key.pts - shown_from < options.part_ticks) continue;
    part.end_pts = key.pts;
    parts.push_back(part);
    part = {.begin_pts = key.pts, .end_pts = options.end_pts, .key_pts = key.pts, .key_dts = key.dts};
    shown_from = key.pts;
  }
  parts.push_back(part);
  std::vector<std::int64_t> times;
  for (const PacketTime& packet : packets) times.push_back(packet.pts);
  std::sort(times.begin(), times.end());
  for (ClipPart& p : parts) {
    p.n_frames = std::lower_bound(times.begin(), times.end(), p.end_pts) -
                 std::lower_bound(times.begin(), times.end(), p.begin_pts);
  }
  std::erase_if(parts, [](const ClipPart& p) { return p.n_frames == 0; });
  return parts;
}

}  // namespace genga::video
