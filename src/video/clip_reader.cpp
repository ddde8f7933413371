// Reads a video part by part: packets, decoder, filters, RGB with 16 bits a sample.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "genga/error.h"
#include "video/backend.h"
#include "video/clip_shape.h"
#include "video/deep_frame.h"
#include "video/frame_filter.h"
#include "video/hw_device.h"
#include "video/open_video.h"
#include "video/other_streams.h"
#include "video/packet_times.h"

namespace genga::video {
namespace {

constexpr double kCutShort_s = 2;  // a file that ends so much earlier than it says

class FfmpegClip final : public ClipReader {
 public:
  FfmpegClip(const std::filesystem::path& path, const ClipOptions& options)
      : path_(path), options_(options), device_(open_device(options.hwaccel)) {
    open();
    look_at_first_frame();
    video_ = {};  // parts begin afresh
  }

  const ClipInfo& info() const override { return info_; }

  const ClipPlan& plan() override {
    if (!plan_.parts.empty()) return plan_;
    const PacketTimes times = read_packet_times(path_, stream_index_);
    const double tick = info_.time_base.value();
    const CutOptions cut{.begin_pts = pts_at(options_.start_s, INT64_MIN),
                         .end_pts = pts_at(options_.end_s, INT64_MAX),
                         .part_ticks = std::max<std::int64_t>(1, std::llround(options_.part_s / tick))};
    if (times.complete) {
      plan_.parts = cut_parts(times.packets, cut);
    } else {
      plan_.parts.push_back({.begin_pts = cut.begin_pts,
                             .end_pts = cut.end_pts,
                             .key_pts = kFromTheStart,
                             .n_frames = std::ssize(times.packets)});
    }
    if (plan_.parts.empty()) fail_empty(times);
    for (const ClipPart& part : plan_.parts) plan_.n_frames += part.n_frames;
    note_cut_short(times);
    measure(times);
    return plan_;
  }

  void begin_part(const ClipPart& part) override {
    part_ = part;
    last_pts_ = INT64_MIN;
    last_raw_pts_ = AV_NOPTS_VALUE;
    jumped_ = 0;
    drained_ = flushed_ = false;
    if (filter_) filter_.emplace(filters_, time_base());
    awaited_ = std::nullopt;
    if (part.key_pts == kFromTheStart) return open();
    awaited_ = part;
    was_reopened_ = false;
    if (!video_.format) open();
    avcodec_flush_buffers(video_.codec.get());
    const std::int64_t target = std::min(part.key_pts, part.key_dts);
    if (av_seek_frame(video_.format.get(), stream_index_, target, AVSEEK_FLAG_BACKWARD) < 0) reopen();
  }

  std::optional<DeepFrame> next() override {
    const FramePtr frame = new_frame();
    while (decode(*frame)) {
      const std::int64_t pts = frame->pts;
      if (pts >= part_.end_pts) return std::nullopt;
      if (pts < part_.begin_pts) {
        av_frame_unref(frame.get());
        continue;
      }
      ++n_frames_;
      note_size(*frame);
      DeepFrame deep = turn(reader_->convert(*frame), info_.rotation_degrees);
      deep.pts = last_pts_ = after_last(pts);
      deep.duration = duration_of(*frame);
      return deep;
    }
    return std::nullopt;
  }

  std::vector<std::string> take_notes() override {
    if (n_damaged_ > 0) {
      notes_.push_back(fmt::format("{} damaged packet{} of its images could not be decoded and {} passed over",
                                   n_damaged_, n_damaged_ == 1 ? "" : "s", n_damaged_ == 1 ? "was" : "were"));
    }
    if (n_back_ > 0) {
      notes_.push_back(
          fmt::format("has times that go back ({}x): what follows goes on behind what came before", n_back_));
    }
    n_damaged_ = n_back_ = 0;
    return std::exchange(notes_, {});
  }

 private:
  AVRational time_base() const { return {info_.time_base.num, info_.time_base.den}; }

  void open() {
    video_ = open_video(path_, options_.threads, device_.get());
    stream_index_ = video_.stream->index;
  }

  void reopen() {
    if (was_reopened_) fail(ErrorCode::kBusy, "video '{}' was changed while it was read", path_.string());
    was_reopened_ = true;
    open();
  }

  /// The file's own time to the stream's; `beyond` for what lies outside of any file.
  std::int64_t pts_at(double seconds, std::int64_t beyond) const {
    if (seconds <= 0 || !std::isfinite(seconds)) return beyond;
    return static_cast<std::int64_t>(std::ceil((seconds + start_s_) / info_.time_base.value() - 1e-6));
  }

  void look_at_first_frame() {
    if (video_.codec->width <= 0 || video_.codec->height <= 0) {
      fail(ErrorCode::kCorruptData, "video '{}' does not say how large its images are", path_.string());
    }
    info_.time_base = ratio(video_.stream->time_base);
    start_s_ = start_time_of(*video_.format);
    const AVFieldOrder order = video_.stream->codecpar->field_order;
    info_.interlaced = order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
    const FramePtr frame = new_frame();
    if (!decode_raw(*frame))
      fail(ErrorCode::kCorruptData, "video '{}' holds no frame that can be decoded", path_.string());
    n_damaged_ = 0;
    info_.interlaced = info_.interlaced || is_interlaced(*frame);
    info_.hdr = hdr_of(*frame);
    filters_ = filters_for(*frame, info_.interlaced);
    if (!filters_.empty()) filter_.emplace(filters_, video_.stream->time_base);
    fill_info(*frame);
    const bool sideways = video_.rotation_degrees % 180 != 0;
    const auto size = size_for(options_.size, frame->width, frame->height, sideways);
    reader_.emplace(size, info_.alpha);
    info_.width = sideways ? size.cut_height : size.cut_width;
    info_.height = sideways ? size.cut_width : size.cut_height;
    src_width_ = frame->width;
    src_height_ = frame->height;
  }

  void fill_info(const AVFrame& frame) {
    const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    if (about == nullptr) fail(ErrorCode::kUnsupported, "video '{}' has an unknown pixel format", path_.string());
    info_.bits = about->comp[0].depth;
    info_.alpha = info_.hdr.empty() && (about->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    info_.pixel_format = about->name;
    info_.rotation_degrees = video_.rotation_degrees;
    info_.frame_rate = ratio(av_guess_frame_rate(video_.format.get(), video_.stream, nullptr));
    info_.sample_aspect = ratio(av_guess_sample_aspect_ratio(video_.format.get(), video_.stream, nullptr));
    info_.color = tags_of(frame, !info_.hdr.empty());
    info_.duration_s = video_.format->duration > 0 ? static_cast<double>(video_.format->duration) / AV_TIME_BASE : 0;
    info_.format = video_.format->iformat->name;
    info_.codec = avcodec_get_name(video_.codec->codec_id);
    for (unsigned i = 0; i < video_.format->nb_streams; ++i) {
      const AVMediaType type = video_.format->streams[i]->codecpar->codec_type;
      info_.n_audio += type == AVMEDIA_TYPE_AUDIO ? 1 : 0;
      info_.n_subtitles += type == AVMEDIA_TYPE_SUBTITLE ? 1 : 0;
    }
  }

  [[noreturn]] void fail_empty(const PacketTimes& times) const {
    if (times.packets.empty()) fail(ErrorCode::kCorruptData, "video '{}' holds no frames", path_.string());
    fail(ErrorCode::kInvalidArgument, "video '{}' shows nothing between --from {} and --to {}: it is {:.3g} s long",
         path_.string(), options_.start_s, options_.end_s, times.end_s);
  }

  void note_cut_short(const PacketTimes& times) {
    if (info_.duration_s < times.end_s + kCutShort_s) return;
    notes_.push_back(fmt::format("ends after {:.1f} of {:.1f} s: it is cut short, and so is the result", times.end_s,
                                 info_.duration_s));
  }

  void measure(const PacketTimes& times) {
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    for (const PacketTime& packet : times.packets) {
      if (packet.pts < plan_.parts.front().begin_pts || packet.pts >= plan_.parts.back().end_pts) continue;
      first = std::min(first, packet.pts);
      last = std::max(last, packet.pts);
    }
    if (last < first) return;
    plan_.first_pts = first;
    plan_.last_pts = last;
    const double frame = info_.frame_rate.value() > 0 ? 1 / info_.frame_rate.value() : 0;
    plan_.seconds = static_cast<double>(last - first) * info_.time_base.value() + frame;
  }

  /// A later time than that of the frame before, whatever the file says.
  std::int64_t after_last(std::int64_t pts) const {
    return last_pts_ == INT64_MIN || pts > last_pts_ ? pts : last_pts_ + 1;
  }

  void note_size(const AVFrame& frame) {
    if (frame.width == src_width_ && frame.height == src_height_) return;
    if (!std::exchange(size_noted_, true)) {
      notes_.push_back(fmt::format("changes from {} x {} to {} x {} pixels at {:.2f} s: all frames get the first size",
                                   src_width_, src_height_, frame.width, frame.height,
                                   static_cast<double>(frame.pts) * info_.time_base.value() - start_s_));
    }
  }

  /// The next frame, filtered, with its time in pts.
  bool decode(AVFrame& frame) {
    if (!filter_) return decode_raw(frame);
    for (;;) {
      if (filter_->pull(frame)) return true;
      if (flushed_) return false;
      const FramePtr raw = new_frame();
      flushed_ = !decode_raw(*raw);
      filter_->push(flushed_ ? nullptr : raw.get());
    }
  }

  bool decode_raw(AVFrame& frame) {
    for (;;) {
      const int code = avcodec_receive_frame(video_.codec.get(), &frame);
      if (code == 0) {
        fetch_from_device(frame);
        frame.pts = frame.best_effort_timestamp != AV_NOPTS_VALUE ? frame.best_effort_timestamp + jumped_ : next_pts();
        follow_on(frame);
        return true;
      }
      if (code == AVERROR_EOF || drained_) return false;
      if (code != AVERROR(EAGAIN)) ++n_damaged_;
      send_packet();
    }
  }

  /// Where the next frame is expected.
  std::int64_t next_pts() const {
    const double rate = info_.frame_rate.value();
    const double step = rate > 0 ? 1 / rate / info_.time_base.value() : 1;
    return last_raw_pts_ == AV_NOPTS_VALUE ? 0 : last_raw_pts_ + std::max<std::int64_t>(1, std::llround(step));
  }

  /// Times that have begun anew go on behind what came before.
  void follow_on(AVFrame& frame) {
    const bool first = last_raw_pts_ == AV_NOPTS_VALUE;
    if (!first && static_cast<double>(last_raw_pts_ - frame.pts) * info_.time_base.value() >= kJump_s) {
      ++n_back_;
      jumped_ += next_pts() - frame.pts;
      frame.pts = next_pts();
    }
    last_raw_pts_ = frame.pts;
  }

  /// Feeds the decoder one packet, or tells it that none follow.
  void send_packet() {
    const PacketPtr packet = new_packet();
    if (av_read_frame(video_.format.get(), packet.get()) < 0) {  // the end, also of a video that is cut short
      if (awaited_) return reopen();
      avcodec_send_packet(video_.codec.get(), nullptr);
      drained_ = true;
      return;
    }
    if (packet->stream_index != stream_index_) return;
    if (awaited_ && !is_awaited(*packet)) {
      const std::int64_t dts = packet->dts == AV_NOPTS_VALUE ? packet->pts : packet->dts;
      if (dts > awaited_->key_dts && !was_reopened_) reopen();
      return;
    }
    awaited_.reset();
    if (avcodec_send_packet(video_.codec.get(), packet.get()) < 0) ++n_damaged_;
  }

  bool is_awaited(const AVPacket& packet) const {
    const std::int64_t pts = packet.pts == AV_NOPTS_VALUE ? packet.dts : packet.pts;
    return (packet.flags & AV_PKT_FLAG_KEY) != 0 && pts == awaited_->key_pts;
  }

  const std::filesystem::path path_;
  const ClipOptions options_;
  const DevicePtr device_;
  OpenVideo video_;
  int stream_index_ = -1;
  ClipInfo info_;
  ClipPlan plan_;
  double start_s_ = 0;  // of the file
  std::string filters_;
  std::optional<FrameFilter> filter_;
  std::optional<DeepReader> reader_;
  int src_width_ = 0, src_height_ = 0;
  bool size_noted_ = false;
  std::vector<std::string> notes_;
  std::int64_t n_damaged_ = 0, n_back_ = 0, n_frames_ = 0;
  // Of the part in work.
  ClipPart part_;
  std::optional<ClipPart> awaited_;  // its key packet has not come yet
  bool was_reopened_ = false;        // to be found from the start, because seeking did not find it
  bool drained_ = false, flushed_ = false;
  std::int64_t last_pts_ = INT64_MIN, last_raw_pts_ = AV_NOPTS_VALUE;
  std::int64_t jumped_ = 0;  // added, because times went back
};

}  // namespace

namespace ffmpeg {

std::unique_ptr<ClipReader> open_clip(const std::filesystem::path& path, const ClipOptions& options) {
  return std::make_unique<FfmpegClip>(path, options);
}

}  // namespace ffmpeg
}  // namespace genga::video
