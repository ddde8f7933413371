// The encoded parts and what else the source has into one file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "genga/base.h"
#include "genga/error.h"
#include "video/backend.h"
#include "video/open_video.h"
#include "video/other_streams.h"
#include "video/packet_times.h"
#include "video/part_file.h"

namespace genga::video {
namespace {

using Paths = std::span<const std::filesystem::path>;

/// All parts as one stream of packets in the order of decoding.
class PartPackets {
 public:
  /// Reads all parts once. Throws Error: kCorruptData (damaged, or of different encoders, or no frame in any).
  explicit PartPackets(Paths paths) : paths_(paths.begin(), paths.end()) {
    const PacketPtr packet = new_packet();
    std::vector<std::int64_t> in_order;
    for (const auto& path : paths_) {
      PartFileReader part(path);
      if (header_.codec.empty()) header_ = part.header();
      if (part.header() != header_) {
        fail(ErrorCode::kCorruptData,
             "part '{}' was made by another encoder or of another size than '{}'; remove one of "
             "them and make it again",
             path.string(), paths_.front().string());
      }
      for (; part.read(*packet); av_packet_unref(packet.get())) in_order.push_back(packet->pts);
      if (part.last_duration() > 0) last_duration_ = part.last_duration();
    }
    if (in_order.empty()) fail(ErrorCode::kCorruptData, "no frame of the video could be decoded");
    times_ = in_order;
    std::sort(times_.begin(), times_.end());
    for (std::size_t i = 0; i < in_order.size(); ++i) {
      const auto rank = std::lower_bound(times_.begin(), times_.end(), in_order[i]) - times_.begin();
      delay_ = std::max(delay_, static_cast<std::int64_t>(i) - rank);
    }
  }

  const PartHeader& header() const { return header_; }
  std::int64_t delay() const { return delay_; }  // packets that a decoder holds back to put them in order

  /// False at the end.
  bool read(AVPacket& packet) {
    for (; !part_ || !part_->read(packet); part_.emplace(paths_[next_part_++])) {
      if (next_part_ == paths_.size()) return false;
    }
    packet.dts = decoding_time(index_);
    const auto place = std::upper_bound(times_.begin(), times_.end(), packet.pts);
    packet.duration = place != times_.end() ? *place - packet.pts : last_duration_;
    ++index_;
    return true;
  }

 private:
  /// The time of the packet shown delay() packets earlier: it grows, and no packet is decoded after it is shown.
  std::int64_t decoding_time(std::size_t i) const {
    const auto at = static_cast<std::int64_t>(i) - delay_;
    if (at >= 0) return times_[static_cast<std::size_t>(at)];
    const std::int64_t span = times_.back() - times_.front();
    const std::int64_t step = times_.size() > 1 ? std::max<std::int64_t>(1, span / (std::ssize(times_) - 1)) : 1;
    return times_.front() + at * step;
  }

  const std::vector<std::filesystem::path> paths_;
  PartHeader header_;
  std::vector<std::int64_t> times_;  // of all frames, in the order of showing
  std::int64_t delay_ = 0, last_duration_ = 0;
  std::optional<PartFileReader> part_;
  std::size_t next_part_ = 0, index_ = 0;
};

/// Numbers about the old images, which would be wrong.
void drop_statistics(AVDictionary** texts) {
  for (const char* key : {"BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "encoder", "ENCODER"}) {
    av_dict_set(texts, key, nullptr, 0);
  }
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(*texts, "_STATISTICS_", nullptr, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    av_dict_set(texts, entry->key, nullptr, 0);
  }
}

class Joiner {
 public:
  Joiner(const EncodeSetup& setup, Paths parts, const std::filesystem::path& output, const JoinOptions& options)
      : setup_(setup), options_(options), file_(output), images_(parts), source_(open_container(setup.source)) {
    const std::string url = "file:" + file_.temporary().string();
    AVFormatContext* context = nullptr;
    must(avformat_alloc_output_context2(&context, nullptr, setup.container.c_str(), url.c_str()));
    muxer_.reset(context);
    muxer_->flags |= AVFMT_FLAG_BITEXACT;  // no random numbers: the same command gives the same bytes
    image_stream_ = av_find_best_stream(source_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (image_stream_ < 0) fail(ErrorCode::kUnsupported, "video '{}' holds no images", setup.source.string());
    stretch_ = {.file_start_s = start_time_of(*source_), .start_s = setup.clip.start_s, .end_s = setup.clip.end_s};
  }

  std::vector<std::string> run() {
    OtherStreams others(*source_, *muxer_, image_stream_, stretch_, options_, [this] { add_images(); });
    av_dict_copy(&muxer_->metadata, source_->metadata, 0);
    add_comment();
    copy_chapters();
    must(avio_open(&muxer_->pb, muxer_->url, AVIO_FLAG_WRITE));
    Dictionary settings;
    const std::string_view name = muxer_->oformat->name;
    if (name == "mp4" || name == "mov" || name == "ipod") settings.set("movflags", "+faststart");
    must(avformat_write_header(muxer_.get(), settings.address()));
    write_packets(others);
    must(av_write_trailer(muxer_.get()));
    must(avio_closep(&muxer_->pb));
    file_.commit();
    return others.take_notes();
  }

 private:
  void must(int code) const {
    if (code >= 0) return;
    fail(ErrorCode::kIo, "video '{}' cannot be written: {}", file_.path().string(), ffmpeg_message(code));
  }

  void add_images() {
    const AVStream& in = *source_->streams[image_stream_];
    const PartHeader& header = images_.header();
    const AVCodecDescriptor* about = avcodec_descriptor_get_by_name(header.codec.c_str());
    out_ = avformat_new_stream(muxer_.get(), nullptr);
    if (out_ == nullptr || about == nullptr) throw std::bad_alloc();
    AVCodecParameters& codec = *out_->codecpar;
    codec.codec_type = AVMEDIA_TYPE_VIDEO;
    codec.codec_id = about->id;
    codec.width = header.width;
    codec.height = header.height;
    codec.format = av_get_pix_fmt(header.pixel_format.c_str());
    codec.profile = header.profile;
    codec.level = header.level;
    codec.video_delay = static_cast<int>(images_.delay());
    codec.field_order = AV_FIELD_PROGRESSIVE;
    set_color(codec);
    codec.extradata = static_cast<std::uint8_t*>(av_mallocz(header.extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (codec.extradata == nullptr) throw std::bad_alloc();
    std::copy(header.extradata.begin(), header.extradata.end(), codec.extradata);
    codec.extradata_size = static_cast<int>(header.extradata.size());
    const bool apple = about->id == AV_CODEC_ID_HEVC && muxer_->oformat->codec_tag != nullptr &&
                       avformat_query_codec(muxer_->oformat, AV_CODEC_ID_MOV_TEXT, FF_COMPLIANCE_NORMAL) == 1;
    if (apple) codec.codec_tag = MKTAG('h', 'v', 'c', '1');
    base_ = {setup_.info.time_base.num, setup_.info.time_base.den};
    out_->time_base = base_;
    out_->avg_frame_rate = {setup_.info.frame_rate.num, std::max(setup_.info.frame_rate.den, 1)};
    codec.sample_aspect_ratio = {setup_.info.sample_aspect.num, std::max(setup_.info.sample_aspect.den, 1)};
    out_->sample_aspect_ratio = codec.sample_aspect_ratio;
    out_->disposition = in.disposition;
    av_dict_copy(&out_->metadata, in.metadata, 0);
    drop_statistics(&out_->metadata);
    if (setup_.turned_back_degrees != 0) copy_turn(in);
  }

  void set_color(AVCodecParameters& codec) const {
    const ColorTags& color = setup_.info.color;
    const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(codec.format));
    const bool rgb = about != nullptr && (about->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    codec.color_range = rgb ? AVCOL_RANGE_JPEG : static_cast<AVColorRange>(color.range);
    codec.color_space = rgb ? AVCOL_SPC_RGB : static_cast<AVColorSpace>(color.matrix);
    codec.color_primaries = static_cast<AVColorPrimaries>(color.primaries);
    codec.color_trc = static_cast<AVColorTransferCharacteristic>(color.transfer);
    codec.chroma_location = static_cast<AVChromaLocation>(color.chroma_location);
  }

  void copy_turn(const AVStream& in) {
    std::size_t size = 0;
    const std::uint8_t* matrix = side_data_of(in, AV_PKT_DATA_DISPLAYMATRIX, &size);
    std::uint8_t* copy = matrix == nullptr ? nullptr : new_side_data(*out_, AV_PKT_DATA_DISPLAYMATRIX, size);
    if (copy != nullptr) std::copy_n(matrix, size, copy);
  }

  /// Behind what the source says there.
  void add_comment() {
    if (options_.comment.empty()) return;
    const AVDictionaryEntry* own = av_dict_get(muxer_->metadata, "comment", nullptr, 0);
    const std::string text = own == nullptr ? options_.comment : fmt::format("{}\n{}", own->value, options_.comment);
    av_dict_set(&muxer_->metadata, "comment", text.c_str(), 0);
  }

  void copy_chapters() {
    std::vector<AVChapter*> kept;
    for (unsigned i = 0; i < source_->nb_chapters; ++i) {
      const AVChapter& in = *source_->chapters[i];
      const std::int64_t shift = stretch_.shift(in.time_base);
      const double end = static_cast<double>(in.end) * av_q2d(in.time_base) - stretch_.file_start_s;
      const double begin = static_cast<double>(in.start) * av_q2d(in.time_base) - stretch_.file_start_s;
      if (end <= stretch_.start_s || begin >= stretch_.end_s) continue;
      auto* chapter = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
      if (chapter == nullptr) throw std::bad_alloc();
      chapter->id = in.id;
      chapter->time_base = in.time_base;
      chapter->start = std::max<std::int64_t>(0, in.start - shift);
      chapter->end = in.end - shift;
      if (std::isfinite(stretch_.end_s)) {
        const double length = (stretch_.end_s - stretch_.start_s) / av_q2d(in.time_base);
        chapter->end = std::min<std::int64_t>(chapter->end, std::llround(length));
      }
      av_dict_copy(&chapter->metadata, in.metadata, 0);
      kept.push_back(chapter);
    }
    if (kept.empty()) return;
    muxer_->chapters = static_cast<AVChapter**>(av_calloc(kept.size(), sizeof(AVChapter*)));  // freed with the muxer
    if (muxer_->chapters == nullptr) throw std::bad_alloc();
    std::copy(kept.begin(), kept.end(), muxer_->chapters);
    muxer_->nb_chapters = static_cast<unsigned>(kept.size());
  }

  /// The next image packet with its times in the result; false at the end.
  bool next_image(AVPacket& packet) {
    if (!images_.read(packet)) return false;
    const std::int64_t shift = stretch_.shift(base_);
    packet.pts -= shift;
    packet.dts -= shift;
    image_time_s_ = static_cast<double>(packet.dts) * av_q2d(base_);
    return true;
  }

  void write_image(AVPacket& packet) {
    av_packet_rescale_ts(&packet, base_, out_->time_base);
    if (last_dts_ != AV_NOPTS_VALUE && packet.dts <= last_dts_) packet.dts = last_dts_ + 1;  // a coarser time base
    packet.pts = std::max(packet.pts, packet.dts);
    last_dts_ = packet.dts;
    packet.stream_index = out_->index;
    must(av_interleaved_write_frame(muxer_.get(), &packet));
  }

  void write_packets(OtherStreams& others) {
    const PacketPtr image = new_packet();
    const PacketPtr packet = new_packet();
    const PacketTaker ready = [this](AVPacket& p) { must(av_interleaved_write_frame(muxer_.get(), &p)); };
    bool more = next_image(*image);
    for (; av_read_frame(source_.get(), packet.get()) >= 0; av_packet_unref(packet.get())) {
      if (packet->stream_index == image_stream_) continue;
      const AVRational base = source_->streams[packet->stream_index]->time_base;
      const std::int64_t dts = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
      const double time =
          dts == AV_NOPTS_VALUE ? image_time_s_ : static_cast<double>(dts - stretch_.shift(base)) * av_q2d(base);
      for (; more && image_time_s_ <= time; more = next_image(*image)) write_image(*image);
      others.take(*packet, ready);
    }
    for (; more; more = next_image(*image)) write_image(*image);
    others.finish(ready);
  }

  const EncodeSetup& setup_;
  const JoinOptions& options_;
  AtomicFile file_;
  PartPackets images_;
  const FormatPtr source_;
  MuxerPtr muxer_;
  int image_stream_ = -1;
  Stretch stretch_;
  AVStream* out_ = nullptr;  // owned by muxer_
  AVRational base_{0, 1};
  double image_time_s_ = 0;  // of the packet read last
  std::int64_t last_dts_ = AV_NOPTS_VALUE;
};

}  // namespace

namespace ffmpeg {

std::vector<std::string> join_parts(const EncodeSetup& setup, Paths parts, const std::filesystem::path& output,
                                    const JoinOptions& options) {
  be_quiet();
  return Joiner(setup, parts, output, options).run();
}

}  // namespace ffmpeg
}  // namespace genga::video
