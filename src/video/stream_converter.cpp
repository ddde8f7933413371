// Sound: decoder, resampler, frames of the encoder's size, encoder. Subtitles: decoder, encoder.
#include "video/stream_converter.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace genga::video {
namespace {

constexpr std::int64_t kBitsPerChannel_s = 96'000;
constexpr int kUsualFrame = 1024;  // samples, for encoders that take any number
constexpr int kMaxSubtitleBytes = 1 << 20;

CodecPtr open_own_decoder(const AVStream& in) {
  const AVCodec* decoder = avcodec_find_decoder(in.codecpar->codec_id);
  CodecPtr codec(decoder == nullptr ? nullptr : avcodec_alloc_context3(decoder));
  if (!codec) return nullptr;
  avcodec_parameters_to_context(codec.get(), in.codecpar);
  codec->pkt_timebase = in.time_base;
  codec->time_base = in.time_base;
  return avcodec_open2(codec.get(), decoder, nullptr) < 0 ? nullptr : std::move(codec);
}

/// The encoder FFmpeg's makers recommend where there are several.
const AVCodec* sound_encoder(AVCodecID id) {
  const AVCodec* known = id == AV_CODEC_ID_OPUS     ? avcodec_find_encoder_by_name("libopus")
                         : id == AV_CODEC_ID_VORBIS ? avcodec_find_encoder_by_name("libvorbis")
                                                    : nullptr;
  return known != nullptr ? known : avcodec_find_encoder(id);
}

class SoundConverter final : public StreamConverter {
 public:
  SoundConverter(CodecPtr decoder, CodecPtr encoder, AVRational in_base)
      : decoder_(std::move(decoder)), encoder_(std::move(encoder)), in_base_(in_base) {
    fifo_.reset(av_audio_fifo_alloc(encoder_->sample_fmt, encoder_->ch_layout.nb_channels, kUsualFrame));
    if (!fifo_) throw std::bad_alloc();
  }

  void describe(AVStream& out) const override {
    avcodec_parameters_from_context(out.codecpar, encoder_.get());
    out.time_base = encoder_->time_base;
  }
  AVRational time_base() const override { return encoder_->time_base; }

  void convert(AVPacket& packet, const PacketTaker& take) override {
    if (avcodec_send_packet(decoder_.get(), &packet) < 0) return;  // damaged: silence
    drain_decoder(take);
  }

  void finish(const PacketTaker& take) override {
    avcodec_send_packet(decoder_.get(), nullptr);
    drain_decoder(take);
    if (resampler_) resample(nullptr);
    encode_waiting(take, true);
    send(nullptr, take);
  }

 private:
  void drain_decoder(const PacketTaker& take) {
    const FramePtr frame = new_frame();
    while (avcodec_receive_frame(decoder_.get(), frame.get()) >= 0) {
      if (next_pts_ == AV_NOPTS_VALUE) {
        const std::int64_t pts = frame->best_effort_timestamp == AV_NOPTS_VALUE ? 0 : frame->best_effort_timestamp;
        next_pts_ = av_rescale_q(pts, in_base_, encoder_->time_base);
      }
      resample(frame.get());
      encode_waiting(take, false);
      av_frame_unref(frame.get());
    }
  }

  /// Null: what the resampler still holds.
  void resample(const AVFrame* frame) {
    if (!resampler_) {
      SwrContext* made = nullptr;
      AVChannelLayout from{};
      if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
        av_channel_layout_default(&from, frame->ch_layout.nb_channels);
      } else {
        av_channel_layout_copy(&from, &frame->ch_layout);
      }
      swr_alloc_set_opts2(&made, &encoder_->ch_layout, encoder_->sample_fmt, encoder_->sample_rate, &from,
                          static_cast<AVSampleFormat>(frame->format), frame->sample_rate, 0, nullptr);
      av_channel_layout_uninit(&from);
      resampler_.reset(made);
      if (!resampler_ || swr_init(resampler_.get()) < 0) throw std::bad_alloc();
    }
    const int n = swr_get_out_samples(resampler_.get(), frame == nullptr ? 0 : frame->nb_samples);
    if (n <= 0) return;
    const FramePtr out = sound_frame(n);
    const int got = swr_convert(resampler_.get(), out->extended_data, n,
                                frame == nullptr ? nullptr : const_cast<const std::uint8_t**>(frame->extended_data),
                                frame == nullptr ? 0 : frame->nb_samples);
    if (got > 0) av_audio_fifo_write(fifo_.get(), reinterpret_cast<void**>(out->extended_data), got);
  }

  FramePtr sound_frame(int n_samples) const {
    FramePtr frame = new_frame();
    frame->nb_samples = n_samples;
    frame->format = encoder_->sample_fmt;
    frame->sample_rate = encoder_->sample_rate;
    av_channel_layout_copy(&frame->ch_layout, &encoder_->ch_layout);
    if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
    return frame;
  }

  void encode_waiting(const PacketTaker& take, bool all) {
    const int size = encoder_->frame_size > 0 ? encoder_->frame_size : kUsualFrame;
    for (int n = av_audio_fifo_size(fifo_.get()); n >= size || (all && n > 0); n = av_audio_fifo_size(fifo_.get())) {
      const FramePtr frame = sound_frame(std::min(n, size));
      av_audio_fifo_read(fifo_.get(), reinterpret_cast<void**>(frame->extended_data), frame->nb_samples);
      frame->pts = next_pts_;
      next_pts_ += frame->nb_samples;
      send(frame.get(), take);
    }
  }

  void send(const AVFrame* frame, const PacketTaker& take) {
    if (avcodec_send_frame(encoder_.get(), frame) < 0) return;
    const PacketPtr packet = new_packet();
    while (avcodec_receive_packet(encoder_.get(), packet.get()) >= 0) {
      take(*packet);
      av_packet_unref(packet.get());
    }
  }

  const CodecPtr decoder_, encoder_;
  const AVRational in_base_;
  ResamplerPtr resampler_;
  AudioFifoPtr fifo_;
  std::int64_t next_pts_ = AV_NOPTS_VALUE;  // in samples
};

class TextConverter final : public StreamConverter {
 public:
  TextConverter(CodecPtr decoder, CodecPtr encoder, AVRational in_base)
      : decoder_(std::move(decoder)), encoder_(std::move(encoder)), in_base_(in_base), bytes_(kMaxSubtitleBytes) {}

  void describe(AVStream& out) const override {
    avcodec_parameters_from_context(out.codecpar, encoder_.get());
    out.time_base = in_base_;
  }
  AVRational time_base() const override { return in_base_; }

  void convert(AVPacket& packet, const PacketTaker& take) override {
    AVSubtitle subtitle{};
    int got = 0;
    if (avcodec_decode_subtitle2(decoder_.get(), &subtitle, &got, &packet) < 0 || got == 0) return;
    const int n = avcodec_encode_subtitle(encoder_.get(), bytes_.data(), static_cast<int>(bytes_.size()), &subtitle);
    avsubtitle_free(&subtitle);
    if (n < 0) return;
    const PacketPtr result = new_packet();
    if (av_new_packet(result.get(), n) < 0) throw std::bad_alloc();
    std::copy_n(bytes_.data(), n, result->data);
    result->pts = result->dts = packet.pts;
    result->duration = packet.duration;
    result->flags = AV_PKT_FLAG_KEY;
    take(*result);
  }
  void finish(const PacketTaker&) override {}

 private:
  const CodecPtr decoder_, encoder_;
  const AVRational in_base_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

std::unique_ptr<StreamConverter> make_sound_converter(const AVStream& in, AVCodecID to, bool global_header) {
  CodecPtr decoder = open_own_decoder(in);
  const AVCodec* coder = sound_encoder(to);
  CodecPtr encoder(coder == nullptr ? nullptr : avcodec_alloc_context3(coder));
  if (!decoder || !encoder || in.codecpar->sample_rate <= 0) return nullptr;
  const bool opus = to == AV_CODEC_ID_OPUS;  // has one rate
  encoder->sample_rate = opus ? 48'000 : std::min(in.codecpar->sample_rate, 96'000);
  encoder->sample_fmt = opus && std::string_view(coder->name) == "libopus" ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
  av_channel_layout_default(&encoder->ch_layout, in.codecpar->ch_layout.nb_channels);
  if (in.codecpar->ch_layout.order != AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_copy(&encoder->ch_layout, &in.codecpar->ch_layout);
  }
  encoder->bit_rate = kBitsPerChannel_s * encoder->ch_layout.nb_channels;
  encoder->time_base = {1, encoder->sample_rate};
  if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (avcodec_open2(encoder.get(), coder, nullptr) < 0) return nullptr;
  return std::make_unique<SoundConverter>(std::move(decoder), std::move(encoder), in.time_base);
}

std::unique_ptr<StreamConverter> make_text_converter(const AVStream& in, AVCodecID to, bool global_header) {
  CodecPtr decoder = open_own_decoder(in);
  const AVCodec* coder = avcodec_find_encoder(to);
  CodecPtr encoder(coder == nullptr ? nullptr : avcodec_alloc_context3(coder));
  if (!decoder || !encoder) return nullptr;
  encoder->time_base = {1, 1000};
  if (decoder->subtitle_header != nullptr) {  // styles, which FFmpeg's text formats pass on as ASS
    encoder->subtitle_header_size = decoder->subtitle_header_size;
    encoder->subtitle_header =
        static_cast<std::uint8_t*>(av_mallocz(static_cast<std::size_t>(decoder->subtitle_header_size) + 1));
    if (encoder->subtitle_header == nullptr) throw std::bad_alloc();
    std::copy_n(decoder->subtitle_header, decoder->subtitle_header_size, encoder->subtitle_header);
  }
  if (global_header) encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (avcodec_open2(encoder.get(), coder, nullptr) < 0) return nullptr;
  return std::make_unique<TextConverter>(std::move(decoder), std::move(encoder), in.time_base);
}

}  // namespace genga::video
