// The reading side of the module: packets to upright RGB frames with times; damaged packets are counted and skipped.
#include <algorithm>
#include <cmath>
#include <utility>

#include "genga/error.h"
#include "video/backend.h"
#include "video/frame_convert.h"
#include "video/open_video.h"
#include "video/turn.h"

namespace genga::video {
namespace {

/// Size of the stored frame with square pixels, reduced to the wanted long side, before turning.
std::pair<int, int> converted_size(const OpenVideo& video, int long_side_px) {
  const AVRational aspect = av_guess_sample_aspect_ratio(video.format.get(), video.stream, nullptr);
  double width = video.codec->width;
  double height = video.codec->height;
  const double wide = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
  if (wide > 1.0 / 16 && wide < 16) width *= wide;  // other aspects come from broken headers
  const double scale = long_side_px > 0 ? std::min(1.0, long_side_px / std::max(width, height)) : 1;
  const auto side = [&](double px) { return std::max(1, static_cast<int>(std::lround(px * scale))); };
  return {side(width), side(height)};
}

class FfmpegSource final : public VideoSource {
 public:
  FfmpegSource(const std::filesystem::path& path, const ReadOptions& options)
      : path_(path), video_(open_video(path, options.threads)), converter_(make_converter(options)) {
    if (!packet_ || !frame_) throw std::bad_alloc();
    const AVRational rate = av_guess_frame_rate(video_.format.get(), video_.stream, nullptr);
    info_.frames_per_s = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
    info_.duration_s = video_.format->duration > 0 ? static_cast<double>(video_.format->duration) / AV_TIME_BASE : 0;
    info_.format = video_.format->iformat->name;
    info_.codec = avcodec_get_name(video_.codec->codec_id);
  }

  const VideoInfo& info() const override { return info_; }
  std::int64_t n_damaged() const override { return n_damaged_; }

  std::optional<Frame> next() override {
    for (;;) {
      const int code = avcodec_receive_frame(video_.codec.get(), frame_.get());
      if (code == 0) {
        const double time = time_of(*frame_);
        ++n_frames_;
        Frame result{turn(converter_.convert(*frame_), video_.rotation_degrees), time};
        av_frame_unref(frame_.get());
        return result;
      }
      if (code == AVERROR(EAGAIN) && !drained_) {
        send_packet();
      } else if (code == AVERROR_EOF || drained_) {
        if (n_frames_ == 0)
          fail(ErrorCode::kCorruptData, "video '{}' holds no frame that can be decoded", path_.string());
        return std::nullopt;
      } else {
        ++n_damaged_;
        send_packet();
      }
    }
  }

 private:
  FrameConverter make_converter(const ReadOptions& options) {
    if (video_.codec->width <= 0 || video_.codec->height <= 0) {
      fail(ErrorCode::kCorruptData, "video '{}' does not say how large its images are", path_.string());
    }
    const auto [width, height] = converted_size(video_, options.long_side_px);
    info_.rotation_degrees = video_.rotation_degrees;
    const bool sideways = video_.rotation_degrees % 180 != 0;
    info_.width = sideways ? height : width;
    info_.height = sideways ? width : height;
    return {width, height};
  }

  /// Feeds the decoder one packet, or tells it that none follow.
  void send_packet() {
    int code = av_read_frame(video_.format.get(), packet_.get());
    if (code < 0) {  // the end, also of a video that is cut short
      avcodec_send_packet(video_.codec.get(), nullptr);
      drained_ = true;
      return;
    }
    if (packet_->stream_index == video_.stream->index) {
      code = avcodec_send_packet(video_.codec.get(), packet_.get());
      if (code < 0) ++n_damaged_;
    }
    av_packet_unref(packet_.get());
  }

  double time_of(const AVFrame& decoded) {
    double time = last_time_ + (info_.frames_per_s > 0 ? 1 / info_.frames_per_s : 0);
    if (decoded.best_effort_timestamp != AV_NOPTS_VALUE) {
      const auto stamp = static_cast<double>(decoded.best_effort_timestamp) * av_q2d(video_.stream->time_base);
      if (n_frames_ == 0) first_stamp_ = stamp;
      time = stamp - first_stamp_;
    } else if (n_frames_ == 0) {
      time = 0;
    }
    last_time_ = n_frames_ == 0 ? 0 : std::max(last_time_, time);
    return last_time_;
  }

  std::filesystem::path path_;
  VideoInfo info_;
  OpenVideo video_;
  FrameConverter converter_;
  PacketPtr packet_{av_packet_alloc()};
  FramePtr frame_{av_frame_alloc()};
  bool drained_ = false;
  std::int64_t n_frames_ = 0, n_damaged_ = 0;
  double first_stamp_ = 0, last_time_ = 0;
};

}  // namespace

std::unique_ptr<VideoSource> open_source(const std::filesystem::path& path, const ReadOptions& options) {
  return std::make_unique<FfmpegSource>(path, options);
}

}  // namespace genga::video
