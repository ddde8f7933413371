// The public classes: check the arguments and call libgenga_video.so.
#include <algorithm>
#include <array>
#include <string_view>

#include "genga/error.h"
#include "genga/text.h"
#include "video/backend.h"
#include "video/load_backend.h"

namespace genga::video {
namespace {

constexpr int kMaxSide = 16384;  // the levels of H.264 end earlier; x264 reports that

void check(const std::filesystem::path& path, int width, int height, const WriteOptions& options) {
  if (!is_video_name(path)) {
    fail(ErrorCode::kInvalidArgument, "video '{}': its suffix was expected to be .mp4, .m4v, .mov or .mkv",
         path.string());
  }
  if (width < 1 || height < 1 || std::max(width, height) > kMaxSide) {
    fail(ErrorCode::kInvalidArgument, "video '{}': frames of {} x {} pixels; 1 to {} a side were expected",
         path.string(), width, height, kMaxSide);
  }
  if (!(options.frames_per_s >= 0.1 && options.frames_per_s <= 240)) {
    fail(ErrorCode::kInvalidArgument, "video '{}': {} frames a second; 0.1 to 240 were expected", path.string(),
         options.frames_per_s);
  }
  if (options.quality < 0 || options.quality > 51) {
    fail(ErrorCode::kInvalidArgument, "video '{}': rate factor {}; 0 to 51 was expected", path.string(),
         options.quality);
  }
}

}  // namespace

bool is_video_name(const std::filesystem::path& path) {
  const std::string suffix = to_lower(path.extension().string());
  constexpr std::array<std::string_view, 4> kSuffixes{".mp4", ".m4v", ".mov", ".mkv"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end();
}

struct VideoReader::Impl {
  std::unique_ptr<VideoSource> source;
};

VideoReader::VideoReader(const std::filesystem::path& path, const ReadOptions& options)
    : impl_(new Impl{backend().open_source(path, options)}) {}
VideoReader::VideoReader(VideoReader&&) noexcept = default;
VideoReader::~VideoReader() = default;

const VideoInfo& VideoReader::info() const {
  return impl_->source->info();
}

std::optional<Frame> VideoReader::next() {
  return impl_->source->next();
}

std::int64_t VideoReader::n_damaged() const {
  return impl_->source->n_damaged();
}

struct VideoWriter::Impl {
  std::unique_ptr<VideoSink> sink;
};

VideoWriter::VideoWriter(const std::filesystem::path& path, int width, int height, const WriteOptions& options) {
  check(path, width, height, options);
  impl_.reset(new Impl{backend().open_sink(path, width, height, options)});
}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

void VideoWriter::write(const image::Image& image) {
  impl_->sink->write(image);
}

void VideoWriter::finish() {
  impl_->sink->finish();
}

}  // namespace genga::video
