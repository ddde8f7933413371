// The public functions of transcode.h: call libgenga_video.so.
#include "genga/transcode.h"

#include "video/load_backend.h"

namespace genga::video {

std::unique_ptr<ClipReader> open_clip(const std::filesystem::path& path, const ClipOptions& options) {
  return backend().open_clip(path, options);
}

EncodeSetup plan_encoding(const std::filesystem::path& source, const ClipInfo& info, const ClipOptions& clip,
                          const std::filesystem::path& output, int width, int height, bool upright,
                          const EncodeOptions& options) {
  return backend().plan_encoding(source, info, clip, output, width, height, upright, options);
}

std::unique_ptr<PartWriter> open_part(const std::filesystem::path& path, const EncodeSetup& setup) {
  return backend().open_part(path, setup);
}

bool is_whole_part(const std::filesystem::path& path) {
  return backend().is_whole_part(path);
}

std::vector<std::string> join_parts(const EncodeSetup& setup, std::span<const std::filesystem::path> parts,
                                    const std::filesystem::path& output, const JoinOptions& options) {
  return backend().join_parts(setup, parts, output, options);
}

}  // namespace genga::video
