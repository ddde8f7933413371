// What happens to each stream, and its packets' times.
#include "video/other_streams.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace genga::video {
namespace {

/// MPEG's containers do not tell what they hold; sound that plays in others does there.
bool holds(const AVOutputFormat& container, AVCodecID codec) {
  const int answer = avformat_query_codec(&container, codec, FF_COMPLIANCE_NORMAL);
  return answer == 1 || (answer < 0 && avcodec_get_type(codec) == AVMEDIA_TYPE_AUDIO);
}

bool is_matroska(const AVOutputFormat& container) {
  return std::string_view(container.name) == "matroska";
}

std::string name_of(const AVStream& in) {
  const char* kind = av_get_media_type_string(in.codecpar->codec_type);
  const AVDictionaryEntry* file = av_dict_get(in.metadata, "filename", nullptr, 0);
  if (file != nullptr) return fmt::format("stream {} (attachment {})", in.index, file->value);
  const AVDictionaryEntry* language = av_dict_get(in.metadata, "language", nullptr, 0);
  return fmt::format("stream {} ({} {}{})", in.index, kind == nullptr ? "unknown" : kind,
                     avcodec_get_name(in.codecpar->codec_id),
                     language == nullptr ? "" : fmt::format(", {}", language->value));
}

bool is_text(AVCodecID codec) {
  const AVCodecDescriptor* about = avcodec_descriptor_get(codec);
  return about != nullptr && (about->props & AV_CODEC_PROP_TEXT_SUB) != 0;
}

/// The tag if it means the same in the new container; else 0: its own.
std::uint32_t tag_for(const AVOutputFormat& container, const AVCodecParameters& codec) {
  if (container.codec_tag == nullptr) return codec.codec_tag;
  return av_codec_get_id(container.codec_tag, codec.codec_tag) == codec.codec_id ? codec.codec_tag : 0;
}

}  // namespace

std::int64_t Stretch::shift(AVRational base) const {
  return std::llround((file_start_s + start_s) / av_q2d(base));
}

OtherStreams::OtherStreams(AVFormatContext& source, AVFormatContext& muxer, int image_stream, const Stretch& stretch,
                           const JoinOptions& options, const std::function<void()>& add_images)
    : source_(source), muxer_(muxer), stretch_(stretch), options_(options), streams_(source.nb_streams) {
  for (unsigned i = 0; i < source.nb_streams; ++i) {
    if (static_cast<int>(i) == image_stream) {
      add_images();
    } else {
      add(*source.streams[i], streams_[i]);
    }
  }
}

std::vector<std::string> OtherStreams::take_notes() {
  return std::exchange(notes_, {});
}

void OtherStreams::copy_texts(const AVStream& in, AVStream& out) const {
  av_dict_copy(&out.metadata, in.metadata, 0);
  out.disposition = in.disposition;
}

void OtherStreams::add(const AVStream& in, OtherStream& other) {
  const AVCodecParameters& codec = *in.codecpar;
  if (codec.codec_type == AVMEDIA_TYPE_AUDIO && !options_.audio) return;
  if (codec.codec_type == AVMEDIA_TYPE_SUBTITLE && !options_.subtitles) return;
  if ((in.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0 && is_matroska(*muxer_.oformat)) return add_cover(in, other);
  const bool held = codec.codec_type == AVMEDIA_TYPE_ATTACHMENT ? is_matroska(*muxer_.oformat)
                                                                : holds(*muxer_.oformat, codec.codec_id);
  if (!held && convert(in, other)) return;
  if (!held || codec.codec_type == AVMEDIA_TYPE_UNKNOWN) {
    notes_.push_back(fmt::format("{} is left out: {} cannot hold it", name_of(in), muxer_.oformat->name));
    return;
  }
  other.out = avformat_new_stream(&muxer_, nullptr);
  if (other.out == nullptr) throw std::bad_alloc();
  if (avcodec_parameters_copy(other.out->codecpar, &codec) < 0) throw std::bad_alloc();
  other.out->codecpar->codec_tag = tag_for(*muxer_.oformat, codec);
  other.out->time_base = other.base = in.time_base;
  other.out->avg_frame_rate = in.avg_frame_rate;
  other.out->sample_aspect_ratio = in.sample_aspect_ratio;
  copy_texts(in, *other.out);
}

/// Matroska keeps a cover as an attached file.
void OtherStreams::add_cover(const AVStream& in, OtherStream& other) {
  const AVPacket& image = in.attached_pic;
  other.out = avformat_new_stream(&muxer_, nullptr);
  if (other.out == nullptr) throw std::bad_alloc();
  AVCodecParameters& codec = *other.out->codecpar;
  codec.codec_type = AVMEDIA_TYPE_ATTACHMENT;
  codec.codec_id = in.codecpar->codec_id;
  codec.extradata =
      static_cast<std::uint8_t*>(av_mallocz(static_cast<std::size_t>(image.size) + AV_INPUT_BUFFER_PADDING_SIZE));
  if (codec.extradata == nullptr) throw std::bad_alloc();
  std::copy_n(image.data, image.size, codec.extradata);
  codec.extradata_size = image.size;
  other.cover = true;
  av_dict_copy(&other.out->metadata, in.metadata, 0);
  const bool png = codec.codec_id == AV_CODEC_ID_PNG;
  av_dict_set(&other.out->metadata, "filename", png ? "cover.png" : "cover.jpg", AV_DICT_DONT_OVERWRITE);
  av_dict_set(&other.out->metadata, "mimetype", png ? "image/png" : "image/jpeg", AV_DICT_DONT_OVERWRITE);
}

bool OtherStreams::convert(const AVStream& in, OtherStream& other) {
  const AVOutputFormat& container = *muxer_.oformat;
  const bool global = (container.flags & AVFMT_GLOBALHEADER) != 0;
  constexpr std::array kSounds{AV_CODEC_ID_AAC, AV_CODEC_ID_OPUS, AV_CODEC_ID_VORBIS, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3};
  constexpr std::array kTexts{AV_CODEC_ID_SUBRIP, AV_CODEC_ID_ASS, AV_CODEC_ID_MOV_TEXT, AV_CODEC_ID_WEBVTT};
  const bool sound = in.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  if (!sound && !is_text(in.codecpar->codec_id)) return false;
  const auto to = [&](const auto& codecs) {
    for (const AVCodecID codec : codecs) {
      if (holds(container, codec)) return codec;
    }
    return AV_CODEC_ID_NONE;
  }(sound ? std::span<const AVCodecID>(kSounds) : std::span<const AVCodecID>(kTexts));
  if (to == AV_CODEC_ID_NONE) return false;
  other.converter = sound ? make_sound_converter(in, to, global) : make_text_converter(in, to, global);
  if (!other.converter) return false;
  other.out = avformat_new_stream(&muxer_, nullptr);
  if (other.out == nullptr) throw std::bad_alloc();
  other.converter->describe(*other.out);
  other.base = other.converter->time_base();
  copy_texts(in, *other.out);
  notes_.push_back(fmt::format("{} is converted to {}: {} cannot hold it as it is", name_of(in), avcodec_get_name(to),
                               container.name));
  return true;
}

/// Whether a packet is wanted; a subtitle that is shown already at the start is shortened.
bool OtherStreams::in_stretch(const AVStream& in, AVPacket& packet) const {
  const std::int64_t pts = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (pts == AV_NOPTS_VALUE) return true;
  const double tick = av_q2d(in.time_base);
  const double begin = static_cast<double>(pts) * tick - stretch_.file_start_s;
  if (begin >= stretch_.end_s) return false;
  if (stretch_.start_s <= 0 || begin >= stretch_.start_s) return true;
  const double end = begin + static_cast<double>(packet.duration) * tick;
  if (in.codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE || end <= stretch_.start_s) return false;
  const auto cut = static_cast<std::int64_t>(std::llround((stretch_.start_s - begin) / tick));
  packet.pts = packet.dts = pts + cut;
  packet.duration -= cut;
  return true;
}

void OtherStreams::take(AVPacket& packet, const PacketTaker& ready) {
  if (packet.stream_index < 0 || packet.stream_index >= std::ssize(streams_)) return;  // a stream that appears late
  OtherStream& other = streams_[static_cast<std::size_t>(packet.stream_index)];
  const AVStream& in = *source_.streams[packet.stream_index];
  if (other.out == nullptr || other.cover || !in_stretch(in, packet)) return;
  if (!other.converter) return hand_on(other, packet, ready);
  other.converter->convert(packet, [&](AVPacket& converted) { hand_on(other, converted, ready); });
}

void OtherStreams::finish(const PacketTaker& ready) {
  for (OtherStream& other : streams_) {
    if (other.converter) other.converter->finish([&](AVPacket& converted) { hand_on(other, converted, ready); });
  }
}

/// Of a packet whose time is not after that of the one before.
void OtherStreams::follow_on(OtherStream& other, AVPacket& packet) {
  const double back_s = static_cast<double>(other.last_dts - packet.dts) * av_q2d(other.out->time_base);
  const bool text = other.out->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE;
  if (back_s < kJump_s || text) {
    packet.dts = other.last_dts + (text ? 0 : 1);
    return;
  }
  const std::int64_t jump = other.last_dts + std::max<std::int64_t>(1, packet.duration) - packet.dts;
  other.jumped += jump;
  packet.dts += jump;
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += jump;
}

void OtherStreams::hand_on(OtherStream& other, AVPacket& packet, const PacketTaker& ready) {
  const std::int64_t shift = stretch_.shift(other.base);
  if (packet.pts != AV_NOPTS_VALUE) packet.pts -= shift;
  if (packet.dts != AV_NOPTS_VALUE) packet.dts -= shift;
  av_packet_rescale_ts(&packet, other.base, other.out->time_base);
  if (packet.pts != AV_NOPTS_VALUE) packet.pts += other.jumped;
  if (packet.dts != AV_NOPTS_VALUE) packet.dts += other.jumped;
  if (packet.dts == AV_NOPTS_VALUE) packet.dts = packet.pts;
  if (packet.dts == AV_NOPTS_VALUE) packet.dts = other.last_dts == AV_NOPTS_VALUE ? 0 : other.last_dts + 1;
  if (other.last_dts != AV_NOPTS_VALUE && packet.dts <= other.last_dts) follow_on(other, packet);
  if (packet.pts == AV_NOPTS_VALUE || packet.pts < packet.dts) packet.pts = packet.dts;
  other.last_dts = packet.dts;
  packet.stream_index = other.out->index;
  packet.pos = -1;
  ready(packet);
}

}  // namespace genga::video
