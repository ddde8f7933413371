// Opens a video with FFmpeg: only files and known containers, the best image stream, its decoder and rotation.
#include "video/open_video.h"

#include <cmath>
#include <system_error>

#include "genga/error.h"

namespace genga::video {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 28;  // 16384 x 16384: a hostile header asks for more

void check_is_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail(ErrorCode::kNotFound, "video '{}' does not exist", path.string());
  }
  if (std::filesystem::is_directory(status)) {
    fail(ErrorCode::kInvalidArgument, "video '{}' is a folder; expected a video file", path.string());
  }
}

/// Clockwise quarter turns that show the video upright.
int rotation_of(const AVStream& stream) {
  const std::uint8_t* matrix = side_data_of(stream, AV_PKT_DATA_DISPLAYMATRIX);
  if (matrix == nullptr) return 0;
  const double counterclockwise = av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
  if (!std::isfinite(counterclockwise)) return 0;
  const int turns = static_cast<int>(std::lround(-counterclockwise / 90));
  return ((turns % 4) + 4) % 4 * 90;
}

}  // namespace

FormatPtr open_container(const std::filesystem::path& path) {
  be_quiet();
  check_is_file(path);
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", "file", 0);  // a playlist may not reach the network
  av_dict_set(&options, "format_whitelist",
              "avi,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpeg,mpegts,mpegvideo,flv,ogg,asf,gif,yuv4mpegpipe,h264,hevc,"
              "ivf,nut,apng,mxf,wtv,dv,rm,av1,obu",
              0);
  AVFormatContext* context = nullptr;
  const int code = avformat_open_input(&context, ("file:" + path.string()).c_str(), nullptr, &options);
  av_dict_free(&options);
  FormatPtr format(context);
  if (code == AVERROR(EACCES) || code == AVERROR(EIO)) {
    fail(ErrorCode::kIo, "video '{}' cannot be opened: {}", path.string(), ffmpeg_message(code));
  }
  if (code < 0 || avformat_find_stream_info(format.get(), nullptr) < 0) {
    fail(ErrorCode::kCorruptData, "'{}' is no video that can be read{}; expected MP4, MKV, WebM, MOV, AVI, ...",
         path.string(), code < 0 ? " (" + ffmpeg_message(code) + ")" : "");
  }
  return format;
}

CodecPtr open_decoder(const std::filesystem::path& path, const AVStream& stream, int threads, AVBufferRef* device) {
  const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
  if (decoder == nullptr) {
    fail(ErrorCode::kUnsupported, "video '{}' is coded as {}, for which the installed FFmpeg has no decoder",
         path.string(), avcodec_get_name(stream.codecpar->codec_id));
  }
  CodecPtr codec(avcodec_alloc_context3(decoder));
  if (!codec) throw std::bad_alloc();
  avcodec_parameters_to_context(codec.get(), stream.codecpar);
  codec->thread_count = threads;
  codec->max_pixels = kMaxPixels;
  codec->pkt_timebase = stream.time_base;
  if (device != nullptr) codec->hw_device_ctx = av_buffer_ref(device);
  const int code = avcodec_open2(codec.get(), decoder, nullptr);
  if (code < 0) {
    fail(ErrorCode::kCorruptData, "video '{}': its {} stream cannot be decoded: {}", path.string(), decoder->name,
         ffmpeg_message(code));
  }
  return codec;
}

OpenVideo open_video(const std::filesystem::path& path, int threads, AVBufferRef* device) {
  OpenVideo video;
  video.format = open_container(path);
  const int index = av_find_best_stream(video.format.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index < 0) fail(ErrorCode::kUnsupported, "video '{}' holds no images", path.string());
  video.stream = video.format->streams[index];
  video.codec = open_decoder(path, *video.stream, threads, device);
  video.rotation_degrees = rotation_of(*video.stream);
  for (unsigned i = 0; i < video.format->nb_streams; ++i) {
    if (static_cast<int>(i) != index) video.format->streams[i]->discard = AVDISCARD_ALL;
  }
  return video;
}

}  // namespace genga::video
