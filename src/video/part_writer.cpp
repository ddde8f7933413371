// Frames of one part through a fresh encoder into a part file.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "genga/error.h"
#include "video/backend.h"
#include "video/deep_frame.h"
#include "video/encode.h"
#include "video/part_file.h"

namespace genga::video {
namespace {

constexpr int kThreads = 4;  // always: an encoder's results depend on it

struct EncoderDefaults {
  std::string_view encoder;
  double crf;
  std::vector<std::pair<const char*, const char*>> settings;
};

/// What looks as the source at a sensible speed.
const std::vector<EncoderDefaults>& defaults() {
  static const std::vector<EncoderDefaults> kRows{
      {"libx264", 18, {}},
      {"libx265", 20, {{"x265-params", "log-level=none"}}},
      {"libvpx", 10, {{"b", "0"}, {"deadline", "good"}, {"cpu-used", "4"}}},
      {"libvpx-vp9", 28, {{"b", "0"}, {"deadline", "good"}, {"cpu-used", "4"}, {"row-mt", "1"}}},
      {"libaom-av1", 26, {{"b", "0"}, {"cpu-used", "6"}, {"row-mt", "1"}}},
      {"libsvtav1", 28, {{"preset", "8"}}},
  };
  return kRows;
}

/// libx264's code for AVX-512 reads memory that it never wrote, and its results for some widths (854 for one) depend on
/// what the process did before; seen in Debian 12's version 164.
std::string x264_params(const EncodeOptions& wishes) {
  constexpr std::string_view kKey = "x264-params=";
  std::string params = (av_get_cpu_flags() & AV_CPU_FLAG_AVX512) != 0 ? "asm=AVX2" : "";
  for (const std::string& setting : wishes.settings) {
    if (setting.starts_with(kKey)) params += (params.empty() ? "" : ":") + setting.substr(kKey.size());
  }
  return params;
}

void set_defaults(const EncodeSetup& setup, Dictionary& settings) {
  for (const EncoderDefaults& row : defaults()) {
    if (row.encoder != setup.encoder) continue;
    for (const auto& [key, value] : row.settings) settings.set(key, value);
    if (setup.options.bit_rate.empty()) settings.set("crf", fmt::format("{:g}", row.crf));
  }
}

void set_wishes(const EncodeOptions& wishes, Dictionary& settings) {
  if (!wishes.preset.empty()) settings.set("preset", wishes.preset);
  if (!wishes.bit_rate.empty()) settings.set("b", wishes.bit_rate);
  if (wishes.crf) settings.set("crf", fmt::format("{:g}", *wishes.crf));
  for (const std::string& setting : wishes.settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      fail(ErrorCode::kInvalidArgument, "-e '{}': expected KEY=VALUE, an option of the encoder", setting);
    }
    settings.set(setting.substr(0, equals), setting.substr(equals + 1));
  }
}

void describe_stream(const EncodeSetup& setup, AVCodecContext& codec) {
  const auto [width, height] = coded_size(setup);
  const ClipInfo& info = setup.info;
  codec.width = width;
  codec.height = height;
  codec.pix_fmt = av_get_pix_fmt(setup.pixel_format.c_str());
  codec.time_base = {info.time_base.num, info.time_base.den};
  const AVRational rate{info.frame_rate.num, info.frame_rate.den};
  codec.framerate = rate.num > 0 && rate.den > 0 ? rate : AVRational{25, 1};
  codec.sample_aspect_ratio = {info.sample_aspect.num, std::max(info.sample_aspect.den, 1)};
  codec.color_range = static_cast<AVColorRange>(info.color.range);
  codec.colorspace = static_cast<AVColorSpace>(info.color.matrix);
  codec.color_primaries = static_cast<AVColorPrimaries>(info.color.primaries);
  codec.color_trc = static_cast<AVColorTransferCharacteristic>(info.color.transfer);
  codec.chroma_sample_location = static_cast<AVChromaLocation>(info.color.chroma_location);
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(codec.pix_fmt);
  if ((about->flags & AV_PIX_FMT_FLAG_RGB) != 0) {
    codec.colorspace = AVCOL_SPC_RGB;
    codec.color_range = AVCOL_RANGE_JPEG;
  }
}

class FfmpegPart final : public PartWriter {
 public:
  FfmpegPart(const std::filesystem::path& path, const EncodeSetup& setup)
      : setup_(setup),
        codec_(open_encoder(setup)),
        file_(path, header()),
        converter_(setup.turned_back_degrees % 180 != 0 ? setup.height : setup.width,
                   setup.turned_back_degrees % 180 != 0 ? setup.width : setup.height, codec_->pix_fmt,
                   setup.info.color),
        frame_(new_frame()),
        packet_(new_packet()) {
    frame_->width = codec_->width;
    frame_->height = codec_->height;
    frame_->format = codec_->pix_fmt;
    if (av_frame_get_buffer(frame_.get(), 0) < 0) throw std::bad_alloc();
  }

  void write(const DeepFrame& frame) override {
    if (frame.width != setup_.width || frame.height != setup_.height) {
      fail(ErrorCode::kInvalidArgument, "a frame has {} x {} pixels; {} x {} were expected", frame.width, frame.height,
           setup_.width, setup_.height);
    }
    must(av_frame_make_writable(frame_.get()));
    converter_.convert(turn(frame, (360 - setup_.turned_back_degrees) % 360), *frame_);
    frame_->pts = frame.pts;
    frame_->color_range = codec_->color_range;
    frame_->colorspace = codec_->colorspace;
    frame_->color_primaries = codec_->color_primaries;
    frame_->color_trc = codec_->color_trc;
    frame_->sample_aspect_ratio = codec_->sample_aspect_ratio;
    last_duration_ = frame.duration;
    encode(frame_.get());
  }

  void finish() override {
    encode(nullptr);
    file_.finish(last_duration_);
  }

  std::int64_t n_bytes() const override { return file_.n_bytes(); }

 private:
  PartHeader header() const {
    return {.codec = avcodec_get_name(codec_->codec_id),
            .pixel_format = setup_.pixel_format,
            .width = codec_->width,
            .height = codec_->height,
            .profile = codec_->profile,
            .level = codec_->level,
            .extradata = {codec_->extradata, codec_->extradata + codec_->extradata_size}};
  }

  void must(int code) const {
    if (code < 0) fail(ErrorCode::kUnsupported, "encoder {} refuses a frame: {}", setup_.encoder, ffmpeg_message(code));
  }

  /// Encodes a frame and writes the packets that are ready. Null: flushes the encoder.
  void encode(const AVFrame* frame) {
    must(avcodec_send_frame(codec_.get(), frame));
    for (;;) {
      const int code = avcodec_receive_packet(codec_.get(), packet_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      must(code);
      file_.write(*packet_);
      av_packet_unref(packet_.get());
    }
  }

  const EncodeSetup setup_;
  const CodecPtr codec_;
  PartFileWriter file_;
  DeepWriter converter_;
  const FramePtr frame_;
  const PacketPtr packet_;
  std::int64_t last_duration_ = 0;
};

}  // namespace

CodecPtr open_encoder(const EncodeSetup& setup) {
  const AVCodec* encoder = avcodec_find_encoder_by_name(setup.encoder.c_str());
  const AVOutputFormat* container = av_guess_format(setup.container.c_str(), nullptr, nullptr);
  CodecPtr codec(encoder == nullptr ? nullptr : avcodec_alloc_context3(encoder));
  if (!codec) throw std::bad_alloc();
  describe_stream(setup, *codec);
  codec->thread_count = kThreads;
  if (container != nullptr && (container->flags & AVFMT_GLOBALHEADER) != 0) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  Dictionary settings;
  set_defaults(setup, settings);
  set_wishes(setup.options, settings);
  if (const std::string params = x264_params(setup.options); setup.encoder == "libx264" && !params.empty()) {
    settings.set("x264-params", params);
  }
  const int code = avcodec_open2(codec.get(), encoder, settings.address());
  if (code < 0) {
    fail(ErrorCode::kUnsupported, "encoder {} refuses {} frames of {} x {} with these settings: {}", setup.encoder,
         setup.pixel_format, codec->width, codec->height, ffmpeg_message(code));
  }
  if (const std::string unknown = settings.left_over(); !unknown.empty()) {
    fail(ErrorCode::kInvalidArgument, "encoder {} knows no option '{}'; ffmpeg -h encoder={} lists them", setup.encoder,
         unknown, setup.encoder);
  }
  return codec;
}

namespace ffmpeg {

std::unique_ptr<PartWriter> open_part(const std::filesystem::path& path, const EncodeSetup& setup) {
  be_quiet();
  return std::make_unique<FfmpegPart>(path, setup);
}

bool is_whole_part(const std::filesystem::path& path) {
  try {
    PartFileReader part(path);
    for (const PacketPtr packet = new_packet(); part.read(*packet);) av_packet_unref(packet.get());
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ffmpeg
}  // namespace genga::video
