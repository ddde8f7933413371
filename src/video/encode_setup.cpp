// Which encoder, pixel format and turn a result gets, from the container, the source and what was asked for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "genga/error.h"
#include "genga/text.h"
#include "video/backend.h"
#include "video/encode.h"

namespace genga::video {
namespace {

/// Encoders that are taken first for a codec's name.
constexpr std::array<std::pair<std::string_view, const char*>, 7> kPreferred{{{"h264", "libx264"},
                                                                              {"hevc", "libx265"},
                                                                              {"h265", "libx265"},
                                                                              {"vp8", "libvpx"},
                                                                              {"vp9", "libvpx-vp9"},
                                                                              {"av1", "libsvtav1"},
                                                                              {"av1", "libaom-av1"}}};

const AVCodec* find_encoder(const std::string& name) {
  const std::string wanted = to_lower(name);
  for (const auto& [codec, encoder] : kPreferred) {
    if (codec != wanted) continue;
    if (const AVCodec* found = avcodec_find_encoder_by_name(encoder)) return found;
  }
  if (const AVCodec* found = avcodec_find_encoder_by_name(wanted.c_str())) return found;
  const AVCodecDescriptor* about = avcodec_descriptor_get_by_name(wanted.c_str());
  return about == nullptr ? nullptr : avcodec_find_encoder(about->id);
}

const AVCodec* encoder_for(const std::filesystem::path& output, const AVOutputFormat& container,
                           const std::string& wanted) {
  const bool h264 = (avformat_query_codec(&container, AV_CODEC_ID_H264, FF_COMPLIANCE_NORMAL) == 1 &&
                     (container.flags & AVFMT_NOTIMESTAMPS) == 0) ||
                    std::string_view(container.name) == "mpegts";
  const char* usual = avcodec_get_name(h264 ? AV_CODEC_ID_H264 : container.video_codec);
  const std::string name = !wanted.empty() ? wanted : std::string_view(container.name) == "webm" ? "vp9" : usual;
  const AVCodec* encoder = find_encoder(name);
  if (encoder == nullptr || encoder->type != AVMEDIA_TYPE_VIDEO) {
    fail(ErrorCode::kUnsupported,
         "video '{}' cannot be written: the installed FFmpeg has no encoder for images called '{}'; choose another by "
         "--codec",
         output.string(), name);
  }
  if (avformat_query_codec(&container, encoder->id, FF_COMPLIANCE_NORMAL) == 0) {
    fail(ErrorCode::kInvalidArgument,
         "video '{}': {} cannot hold {}; choose another suffix (.mkv holds everything) or --codec", output.string(),
         container.name, avcodec_get_name(encoder->id));
  }
  return encoder;
}

std::vector<AVPixelFormat> formats_of(const AVCodec& encoder) {
  std::vector<AVPixelFormat> formats;
  for (const AVPixelFormat* f = pixel_formats_of(encoder); f != nullptr && *f != AV_PIX_FMT_NONE; ++f) {
    const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(*f);
    if (about != nullptr && (about->flags & AV_PIX_FMT_FLAG_HWACCEL) == 0 && sws_isSupportedOutput(*f) > 0) {
      formats.push_back(*f);
    }
  }
  return formats;
}

AVPixelFormat asked_format(const AVCodec& encoder, const std::vector<AVPixelFormat>& formats, const std::string& name) {
  const AVPixelFormat format = av_get_pix_fmt(name.c_str());
  if (std::find(formats.begin(), formats.end(), format) != formats.end()) return format;
  std::vector<std::string> known;
  for (const AVPixelFormat f : formats) known.emplace_back(av_get_pix_fmt_name(f));
  fail(ErrorCode::kInvalidArgument, "--pix-fmt '{}': encoder {} takes {}", name, encoder.name, fmt::join(known, ", "));
}

bool has_alpha(AVPixelFormat format) {
  return (av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
}

bool is_lossless(const AVCodec& encoder) {
  const AVCodecDescriptor* about = avcodec_descriptor_get(encoder.id);
  return about != nullptr && (about->props & AV_CODEC_PROP_LOSSLESS) != 0 && (about->props & AV_CODEC_PROP_LOSSY) == 0;
}

/// Halved chroma, which every player shows, with the source's bits and alpha where the encoder has them; of lossless
/// encoders what is nearest to the source.
AVPixelFormat choose_format(const AVCodec& encoder, const std::vector<AVPixelFormat>& formats, const ClipInfo& info) {
  const auto takes = [&](AVPixelFormat f) { return std::find(formats.begin(), formats.end(), f) != formats.end(); };
  if (is_lossless(encoder)) {
    const AVPixelFormat source = info.hdr.empty() ? av_get_pix_fmt(info.pixel_format.c_str()) : AV_PIX_FMT_YUV420P10;
    if (takes(source)) return source;
    std::vector<AVPixelFormat> list = formats;
    list.push_back(AV_PIX_FMT_NONE);
    const AVPixelFormat best = avcodec_find_best_pix_fmt_of_list(list.data(), source, info.alpha ? 1 : 0, nullptr);
    if (best != AV_PIX_FMT_NONE) return best;
  }
  if (info.alpha && takes(AV_PIX_FMT_YUVA420P)) return AV_PIX_FMT_YUVA420P;
  if (info.alpha && takes(AV_PIX_FMT_YUVA444P10)) return AV_PIX_FMT_YUVA444P10;
  constexpr std::array kDeep{AV_PIX_FMT_YUV420P10, AV_PIX_FMT_P010, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV444P10};
  constexpr std::array kUsual{AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12,     AV_PIX_FMT_YUVJ420P,
                              AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV444P};
  if (info.bits > 8) {
    if (const auto* found = std::find_if(kDeep.begin(), kDeep.end(), takes); found != kDeep.end()) return *found;
  }
  if (const auto* found = std::find_if(kUsual.begin(), kUsual.end(), takes); found != kUsual.end()) return *found;
  return formats.empty() ? AV_PIX_FMT_YUV420P : formats.front();
}

void note_what_changes(const AVCodec& encoder, AVPixelFormat format, const ClipInfo& info, EncodeSetup& setup) {
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  const auto note = [&](std::string text) { setup.notes.push_back(std::move(text)); };
  if (info.interlaced) note("is interlaced: it was deinterlaced (bwdif)");
  if (!info.hdr.empty()) note(fmt::format("is HDR ({}): it was mapped to BT.709", info.hdr));
  if (info.bits > 8 && about->comp[0].depth == 8) {
    note(fmt::format("has {} bits a sample, the result 8: encoder {} takes no more", info.bits, encoder.name));
  }
  if (info.bits > 8 && about->comp[0].depth > 8 && encoder.id == AV_CODEC_ID_H264) {
    note(
        fmt::format("has {} bits a sample, and so has the result; many players show H.264 with 8 bits only (--pix-fmt "
                    "yuv420p)",
                    info.bits));
  }
  if (info.alpha && !has_alpha(format)) {
    note(fmt::format("has transparent parts, which {} cannot hold: they lie on white now", encoder.name));
  }
  const auto [w, h] = coded_size(setup);
  const bool turned = setup.turned_back_degrees % 180 != 0;
  const int own_w = turned ? setup.height : setup.width;
  const int own_h = turned ? setup.width : setup.height;
  if (w != own_w || h != own_h) {
    note(fmt::format("has odd sides ({} x {}), which {} cannot hold: the last row or column is there twice in {} x {}",
                     own_w, own_h, encoder.name, w, h));
  }
}

}  // namespace

std::pair<int, int> coded_size(const EncodeSetup& setup) {
  const bool sideways = setup.turned_back_degrees % 180 != 0;
  int w = sideways ? setup.height : setup.width;
  int h = sideways ? setup.width : setup.height;
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(av_get_pix_fmt(setup.pixel_format.c_str()));
  constexpr std::array<std::string_view, 5> kTakeOdd{"libvpx", "libvpx-vp9", "libaom-av1", "ffv1", "mjpeg"};
  if (about == nullptr || std::find(kTakeOdd.begin(), kTakeOdd.end(), setup.encoder) != kTakeOdd.end()) return {w, h};
  const bool svt = setup.encoder == "libsvtav1";
  if (about->log2_chroma_w > 0 || svt) w += w % 2;
  if (about->log2_chroma_h > 0 || svt) h += h % 2;
  return {w, h};
}

namespace ffmpeg {

EncodeSetup plan_encoding(const std::filesystem::path& source, const ClipInfo& info, const ClipOptions& clip,
                          const std::filesystem::path& output, int width, int height, bool upright,
                          const EncodeOptions& options) {
  be_quiet();
  const AVOutputFormat* container = av_guess_format(nullptr, output.c_str(), nullptr);
  if (container == nullptr || container->video_codec == AV_CODEC_ID_NONE) {
    fail(ErrorCode::kInvalidArgument,
         "video '{}': its suffix was expected to be .mp4, .mov, .mkv, .webm or another that FFmpeg writes",
         output.string());
  }
  constexpr std::array<std::string_view, 5> kAnimations{"gif", "apng", "webp", "image2", "avif"};
  if (std::find(kAnimations.begin(), kAnimations.end(), container->name) != kAnimations.end()) {
    fail(ErrorCode::kUnsupported,
         "video '{}': genga video writes no animations and no image sequences; write .mp4 or .webm", output.string());
  }
  const AVCodec* encoder = encoder_for(output, *container, options.codec);
  const std::vector<AVPixelFormat> formats = formats_of(*encoder);
  if (formats.empty() && pixel_formats_of(*encoder) != nullptr) {
    fail(ErrorCode::kUnsupported,
         "encoder {} takes frames of a graphics card only, which genga does not make; choose another by --codec",
         encoder->name);
  }
  const AVPixelFormat format = options.pixel_format.empty() ? choose_format(*encoder, formats, info)
                                                            : asked_format(*encoder, formats, options.pixel_format);
  EncodeSetup setup{.source = source,
                    .info = info,
                    .clip = clip,
                    .container = container->name,
                    .encoder = encoder->name,
                    .version = av_version_info(),
                    .pixel_format = av_get_pix_fmt_name(format),
                    .width = width,
                    .height = height,
                    .options = options};
  const bool keeps_turn = avformat_query_codec(container, AV_CODEC_ID_MOV_TEXT, FF_COMPLIANCE_NORMAL) == 1;  // MP4, MOV
  if (!upright && keeps_turn) setup.turned_back_degrees = info.rotation_degrees;
  if (!upright && !keeps_turn && info.rotation_degrees != 0) {
    setup.notes.push_back(fmt::format("asks to be turned by {} degrees, which {} cannot say: the frames are turned",
                                      info.rotation_degrees, container->name));
  }
  if (info.rotation_degrees % 180 != 0 && setup.turned_back_degrees == 0) {  // pixels turned, too
    std::swap(setup.info.sample_aspect.num, setup.info.sample_aspect.den);
  }
  note_what_changes(*encoder, format, info, setup);
  return setup;
}

}  // namespace ffmpeg
}  // namespace genga::video
