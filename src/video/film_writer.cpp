#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/video.h"
#include "video/ffmpeg.h"

namespace genga::video {
namespace {

constexpr int kMaxSide = 16384;  // H.264's levels end before; x264 says where

int even(int side) {
  return side + side % 2;
}

void check(const std::filesystem::path& path, int width, int height, const WriteOptions& options) {
  if (!is_film_name(path)) {
    fail(ErrorCode::kInvalidArgument, "film '{}': its suffix was expected to be .mp4, .m4v, .mov or .mkv",
         path.string());
  }
  if (width < 1 || height < 1 || std::max(width, height) > kMaxSide) {
    fail(ErrorCode::kInvalidArgument, "film '{}': frames of {} x {} pixels; 1 to {} a side were expected",
         path.string(), width, height, kMaxSide);
  }
  if (!(options.frames_per_s >= 0.1 && options.frames_per_s <= 240)) {
    fail(ErrorCode::kInvalidArgument, "film '{}': {} frames a second; 0.1 to 240 were expected", path.string(),
         options.frames_per_s);
  }
  if (options.quality < 0 || options.quality > 51) {
    fail(ErrorCode::kInvalidArgument, "film '{}': rate factor {}; 0 to 51 was expected", path.string(),
         options.quality);
  }
}

CodecPtr open_encoder(const std::filesystem::path& path, int width, int height, const WriteOptions& options,
                      bool global_header) {
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  if (encoder == nullptr) {
    fail(ErrorCode::kUnsupported,
         "film '{}' cannot be written: the installed FFmpeg has no encoder for H.264 (libx264); write pictures or an "
         "animation instead",
         path.string());
  }
  CodecPtr codec(avcodec_alloc_context3(encoder));
  if (!codec) throw std::bad_alloc();
  codec->width = even(width);
  codec->height = even(height);
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->framerate = av_d2q(options.frames_per_s, 60000);
  codec->time_base = av_inv_q(codec->framerate);
  codec->sample_aspect_ratio = {1, 1};
  codec->colorspace = AVCOL_SPC_BT709;
  codec->color_primaries = AVCOL_PRI_BT709;
  codec->color_trc = AVCOL_TRC_BT709;
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->thread_count = options.threads;
  if (global_header) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  AVDictionary* settings = nullptr;
  av_dict_set_int(&settings, "crf", options.quality, 0);
  const int code = avcodec_open2(codec.get(), encoder, &settings);
  av_dict_free(&settings);
  if (code < 0) {
    fail(ErrorCode::kUnsupported, "film '{}': the encoder refuses frames of {} x {}: {}", path.string(), width, height,
         ffmpeg_message(code));
  }
  return codec;
}

ScalerPtr make_scaler(int width, int height) {
  const int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP;
  ScalerPtr scaler(sws_getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, flags, nullptr,
                                  nullptr, nullptr));
  if (!scaler) throw std::bad_alloc();
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(SWS_CS_DEFAULT), 1, sws_getCoefficients(SWS_CS_ITU709), 0,
                           0, 1 << 16, 1 << 16);
  return scaler;
}

FramePtr make_frame(int width, int height, AVPixelFormat format) {
  FramePtr frame(av_frame_alloc());
  if (!frame) throw std::bad_alloc();
  frame->width = width;
  frame->height = height;
  frame->format = format;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
  return frame;
}

}  // namespace

bool is_film_name(const std::filesystem::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 4> kSuffixes{".mp4", ".m4v", ".mov", ".mkv"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

struct FilmWriter::Impl {
  Impl(const std::filesystem::path& path_given, int width_given, int height_given, const WriteOptions& options)
      : path(path_given), width(width_given), height(height_given), file(path_given) {
    be_quiet();
    const AVOutputFormat* container = av_guess_format(nullptr, path.c_str(), nullptr);
    if (container == nullptr) {
      fail(ErrorCode::kUnsupported, "film '{}': the installed FFmpeg does not write such files", path.string());
    }
    codec = open_encoder(path, width, height, options, (container->flags & AVFMT_GLOBALHEADER) != 0);
    scaler = make_scaler(codec->width, codec->height);
    rgb = make_frame(codec->width, codec->height, AV_PIX_FMT_RGB24);
    yuv = make_frame(codec->width, codec->height, AV_PIX_FMT_YUV420P);
    packet.reset(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    open_container(container, options.comment);
  }

  void must(int code) const {
    if (code < 0) fail(ErrorCode::kIo, "film '{}' cannot be written: {}", path.string(), ffmpeg_message(code));
  }

  void open_container(const AVOutputFormat* container, const std::string& comment) {
    const std::string url = "file:" + file.temporary().string();
    AVFormatContext* context = nullptr;
    must(avformat_alloc_output_context2(&context, container, nullptr, url.c_str()));
    muxer.reset(context);
    if (!comment.empty()) av_dict_set(&muxer->metadata, "comment", comment.c_str(), 0);
    AVStream* stream = avformat_new_stream(muxer.get(), nullptr);
    if (stream == nullptr) throw std::bad_alloc();
    stream->time_base = codec->time_base;
    stream->avg_frame_rate = codec->framerate;
    must(avcodec_parameters_from_context(stream->codecpar, codec.get()));
    must(avio_open(&muxer->pb, url.c_str(), AVIO_FLAG_WRITE));
    AVDictionary* settings = nullptr;
    if (std::string_view(container->name) != "matroska") av_dict_set(&settings, "movflags", "+faststart", 0);
    const int code = avformat_write_header(muxer.get(), &settings);
    av_dict_free(&settings);
    must(code);
  }

  /// Copies the picture into `rgb`, its last row and column once more where sizes are odd.
  void load(const image::Image& picture) {
    must(av_frame_make_writable(rgb.get()));
    const std::size_t row = 3 * static_cast<std::size_t>(width);
    for (int y = 0; y < rgb->height; ++y) {
      const std::uint8_t* src = picture.rgb.data() + row * static_cast<std::size_t>(std::min(y, height - 1));
      std::uint8_t* dst = rgb->data[0] + std::ptrdiff_t{y} * rgb->linesize[0];
      std::copy_n(src, row, dst);
      if (rgb->width > width) std::copy_n(src + row - 3, 3, dst + row);
    }
  }

  /// Null: the encoder gives out what it still holds.
  void encode(const AVFrame* frame) {
    must(avcodec_send_frame(codec.get(), frame));
    while (true) {
      const int code = avcodec_receive_packet(codec.get(), packet.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      must(code);
      packet->duration = 1;
      av_packet_rescale_ts(packet.get(), codec->time_base, muxer->streams[0]->time_base);
      must(av_interleaved_write_frame(muxer.get(), packet.get()));
    }
  }

  const std::filesystem::path path;
  const int width, height;
  AtomicFile file;
  CodecPtr codec;
  ScalerPtr scaler;
  FramePtr rgb, yuv;
  PacketPtr packet;
  MuxerPtr muxer;
  std::int64_t n_frames = 0;
};

FilmWriter::FilmWriter(const std::filesystem::path& path, int width, int height, const WriteOptions& options) {
  check(path, width, height, options);
  impl_ = std::make_unique<Impl>(path, width, height, options);
}
FilmWriter::FilmWriter(FilmWriter&&) noexcept = default;
FilmWriter::~FilmWriter() = default;

void FilmWriter::write(const image::Image& picture) {
  Impl& w = *impl_;
  if (picture.width != w.width || picture.height != w.height) {
    fail(ErrorCode::kInvalidArgument, "film '{}': frame {} has {} x {} pixels; {} x {} were expected", w.path.string(),
         w.n_frames, picture.width, picture.height, w.width, w.height);
  }
  w.load(picture);
  w.must(av_frame_make_writable(w.yuv.get()));
  sws_scale(w.scaler.get(), w.rgb->data, w.rgb->linesize, 0, w.rgb->height, w.yuv->data, w.yuv->linesize);
  w.yuv->pts = w.n_frames++;
  w.encode(w.yuv.get());
}

void FilmWriter::finish() {
  Impl& w = *impl_;
  w.encode(nullptr);
  w.must(av_write_trailer(w.muxer.get()));
  w.must(avio_closep(&w.muxer->pb));
  w.file.commit();
}

}  // namespace genga::video
