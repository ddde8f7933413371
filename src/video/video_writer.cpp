// The writing side of the module: RGB images to H.264 in MP4, MOV or MKV; the file appears when it is whole.
#include <algorithm>
#include <cmath>
#include <string_view>

#include "genga/base.h"
#include "genga/error.h"
#include "video/backend.h"
#include "video/ffmpeg.h"

namespace genga::video {
namespace {

int even(int side) {
  return side + side % 2;
}

CodecPtr open_encoder(const std::filesystem::path& path, int width, int height, const WriteOptions& options,
                      bool global_header) {
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  if (encoder == nullptr) {
    fail(ErrorCode::kUnsupported,
         "video '{}' cannot be written: the installed FFmpeg has no encoder for H.264 (libx264); write images or an "
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
    fail(ErrorCode::kUnsupported, "video '{}': the encoder refuses frames of {} x {}: {}", path.string(), width, height,
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

class FfmpegSink final : public VideoSink {
 public:
  FfmpegSink(const std::filesystem::path& path, int width, int height, const WriteOptions& options)
      : path_(path), width_(width), height_(height), file_(path) {
    be_quiet();
    const AVOutputFormat* container = av_guess_format(nullptr, path.c_str(), nullptr);
    if (container == nullptr) {
      fail(ErrorCode::kUnsupported, "video '{}': the installed FFmpeg does not write such files", path.string());
    }
    codec_ = open_encoder(path, width, height, options, (container->flags & AVFMT_GLOBALHEADER) != 0);
    scaler_ = make_scaler(codec_->width, codec_->height);
    rgb_ = make_frame(codec_->width, codec_->height, AV_PIX_FMT_RGB24);
    yuv_ = make_frame(codec_->width, codec_->height, AV_PIX_FMT_YUV420P);
    packet_.reset(av_packet_alloc());
    if (!packet_) throw std::bad_alloc();
    open_container(container, options.comment);
  }

  void write(const image::Image& image) override {
    if (image.width != width_ || image.height != height_) {
      fail(ErrorCode::kInvalidArgument, "video '{}': frame {} has {} x {} pixels; {} x {} were expected",
           path_.string(), n_frames_, image.width, image.height, width_, height_);
    }
    load(image);
    must(av_frame_make_writable(yuv_.get()));
    sws_scale(scaler_.get(), rgb_->data, rgb_->linesize, 0, rgb_->height, yuv_->data, yuv_->linesize);
    yuv_->pts = n_frames_++;
    encode(yuv_.get());
  }

  void finish() override {
    encode(nullptr);
    must(av_write_trailer(muxer_.get()));
    must(avio_closep(&muxer_->pb));
    file_.commit();
  }

 private:
  void must(int code) const {
    if (code < 0) fail(ErrorCode::kIo, "video '{}' cannot be written: {}", path_.string(), ffmpeg_message(code));
  }

  void open_container(const AVOutputFormat* container, const std::string& comment) {
    const std::string url = "file:" + file_.temporary().string();
    AVFormatContext* context = nullptr;
    must(avformat_alloc_output_context2(&context, container, nullptr, url.c_str()));
    muxer_.reset(context);
    if (!comment.empty()) av_dict_set(&muxer_->metadata, "comment", comment.c_str(), 0);
    AVStream* stream = avformat_new_stream(muxer_.get(), nullptr);
    if (stream == nullptr) throw std::bad_alloc();
    stream->time_base = codec_->time_base;
    stream->avg_frame_rate = codec_->framerate;
    must(avcodec_parameters_from_context(stream->codecpar, codec_.get()));
    must(avio_open(&muxer_->pb, url.c_str(), AVIO_FLAG_WRITE));
    AVDictionary* settings = nullptr;
    if (std::string_view(container->name) != "matroska") av_dict_set(&settings, "movflags", "+faststart", 0);
    const int code = avformat_write_header(muxer_.get(), &settings);
    av_dict_free(&settings);
    must(code);
  }

  /// Copies the image into `rgb`, its last row and column once more where sizes are odd.
  void load(const image::Image& image) {
    must(av_frame_make_writable(rgb_.get()));
    const std::size_t row = 3 * static_cast<std::size_t>(width_);
    for (int y = 0; y < rgb_->height; ++y) {
      const std::uint8_t* src = image.rgb.data() + row * static_cast<std::size_t>(std::min(y, height_ - 1));
      std::uint8_t* dst = rgb_->data[0] + std::ptrdiff_t{y} * rgb_->linesize[0];
      std::copy_n(src, row, dst);
      if (rgb_->width > width_) std::copy_n(src + row - 3, 3, dst + row);
    }
  }

  /// Encodes a frame and writes the packets that are ready. Null: flushes the encoder.
  void encode(const AVFrame* frame) {
    must(avcodec_send_frame(codec_.get(), frame));
    while (true) {
      const int code = avcodec_receive_packet(codec_.get(), packet_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      must(code);
      packet_->duration = 1;
      av_packet_rescale_ts(packet_.get(), codec_->time_base, muxer_->streams[0]->time_base);
      must(av_interleaved_write_frame(muxer_.get(), packet_.get()));
    }
  }

  const std::filesystem::path path_;
  const int width_, height_;
  AtomicFile file_;
  CodecPtr codec_;
  ScalerPtr scaler_;
  FramePtr rgb_, yuv_;
  PacketPtr packet_;
  MuxerPtr muxer_;
  std::int64_t n_frames_ = 0;
};

}  // namespace

std::unique_ptr<VideoSink> open_sink(const std::filesystem::path& path, int width, int height,
                                     const WriteOptions& options) {
  return std::make_unique<FfmpegSink>(path, width, height, options);
}

}  // namespace genga::video
