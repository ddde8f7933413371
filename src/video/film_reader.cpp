#include <algorithm>
#include <cmath>
#include <utility>

#include "genga/error.h"
#include "genga/video.h"
#include "video/frame_convert.h"
#include "video/open_film.h"
#include "video/turn.h"

namespace genga::video {
namespace {

/// Size of the stored frame with square pixels, reduced to the wanted long side, before turning.
std::pair<int, int> converted_size(const OpenFilm& film, int long_side_px) {
  const AVRational aspect = av_guess_sample_aspect_ratio(film.format.get(), film.stream, nullptr);
  double width = film.codec->width;
  double height = film.codec->height;
  const double wide = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
  if (wide > 1.0 / 16 && wide < 16) width *= wide;  // beyond that the header is wrong, not the film odd
  const double scale = long_side_px > 0 ? std::min(1.0, long_side_px / std::max(width, height)) : 1;
  const auto side = [&](double px) { return std::max(1, static_cast<int>(std::lround(px * scale))); };
  return {side(width), side(height)};
}

}  // namespace

struct FilmReader::Impl {
  Impl(const std::filesystem::path& path_given, const ReadOptions& options)
      : path(path_given), film(open_film(path_given, options.threads)), converter(make_converter(options)) {
    if (!packet || !frame) throw std::bad_alloc();
    const AVRational rate = av_guess_frame_rate(film.format.get(), film.stream, nullptr);
    info.frames_per_s = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
    info.duration_s = film.format->duration > 0 ? static_cast<double>(film.format->duration) / AV_TIME_BASE : 0;
    info.format = film.format->iformat->name;
    info.codec = avcodec_get_name(film.codec->codec_id);
  }

  FrameConverter make_converter(const ReadOptions& options) {
    if (film.codec->width <= 0 || film.codec->height <= 0) {
      fail(ErrorCode::kCorruptData, "film '{}' does not say how large its pictures are", path.string());
    }
    const auto [width, height] = converted_size(film, options.long_side_px);
    info.rotation_degrees = film.rotation_degrees;
    const bool sideways = film.rotation_degrees % 180 != 0;
    info.width = sideways ? height : width;
    info.height = sideways ? width : height;
    return {width, height};
  }

  /// Feeds the decoder one packet, or tells it that none follow.
  void send_packet() {
    int code = av_read_frame(film.format.get(), packet.get());
    if (code < 0) {  // the end; a film cut short ends like a whole one
      avcodec_send_packet(film.codec.get(), nullptr);
      drained = true;
      return;
    }
    if (packet->stream_index == film.stream->index) {
      code = avcodec_send_packet(film.codec.get(), packet.get());
      if (code < 0) ++n_damaged;
    }
    av_packet_unref(packet.get());
  }

  double time_of(const AVFrame& decoded) {
    double time = last_time + (info.frames_per_s > 0 ? 1 / info.frames_per_s : 0);
    if (decoded.best_effort_timestamp != AV_NOPTS_VALUE) {
      const auto stamp = static_cast<double>(decoded.best_effort_timestamp) * av_q2d(film.stream->time_base);
      if (n_frames == 0) first_stamp = stamp;
      time = stamp - first_stamp;
    } else if (n_frames == 0) {
      time = 0;
    }
    last_time = n_frames == 0 ? 0 : std::max(last_time, time);
    return last_time;
  }

  std::optional<Frame> next() {
    for (;;) {
      const int code = avcodec_receive_frame(film.codec.get(), frame.get());
      if (code == 0) {
        const double time = time_of(*frame);
        ++n_frames;
        Frame result{turn(converter.convert(*frame), film.rotation_degrees), time};
        av_frame_unref(frame.get());
        return result;
      }
      if (code == AVERROR(EAGAIN) && !drained) {
        send_packet();
      } else if (code == AVERROR_EOF || drained) {
        if (n_frames == 0) fail(ErrorCode::kCorruptData, "film '{}' holds no frame that can be decoded", path.string());
        return std::nullopt;
      } else {
        ++n_damaged;
        send_packet();
      }
    }
  }

  std::filesystem::path path;
  FilmInfo info;
  OpenFilm film;
  FrameConverter converter;
  PacketPtr packet{av_packet_alloc()};
  FramePtr frame{av_frame_alloc()};
  bool drained = false;
  std::int64_t n_frames = 0, n_damaged = 0;
  double first_stamp = 0, last_time = 0;
};

FilmReader::FilmReader(const std::filesystem::path& path, const ReadOptions& options)
    : impl_(std::make_unique<Impl>(path, options)) {}
FilmReader::FilmReader(FilmReader&&) noexcept = default;
FilmReader::~FilmReader() = default;

const FilmInfo& FilmReader::info() const {
  return impl_->info;
}

std::optional<Frame> FilmReader::next() {
  return impl_->next();
}

std::int64_t FilmReader::n_damaged() const {
  return impl_->n_damaged;
}

}  // namespace genga::video
