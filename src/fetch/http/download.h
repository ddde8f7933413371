// Turns a candidate into the bytes of a whole image, or into the reason why that is not possible.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "fetch/failures.h"
#include "fetch/http/http.h"
#include "fetch/http/robots.h"
#include "fetch/sources/source.h"

namespace genga::fetch {

/// A file that has been decoded once: it is an image, and whole.
struct FetchedImage {
  std::vector<std::byte> bytes{};
  std::string sha256{};
  int width = 0, height = 0;  // upright
  std::string suffix{};       // by its content: ".jpg"
  std::string etag{}, last_modified{};
};

struct DownloadLimits {
  int min_side = 0;
  std::int64_t max_bytes = 64 << 20;
};

/// Threads: any.
class Downloader {
 public:
  Downloader(HttpClient& http, Robots& robots, const DownloadLimits& limits)
      : http_(http), robots_(robots), limits_(limits) {}

  struct Result {
    std::optional<FetchedImage> image{};
    bool unchanged = false;            // the server says that `before` is still current
    std::optional<Failure> failure{};  // code, reason, may_pass, limit
  };
  /// obey_robots: ask robots.txt first. before: what is known already; the server is asked for something newer.
  /// Takes the candidate's bytes, if it has some. Throws Error: kCancelled only.
  Result get(ImageCandidate& candidate, bool obey_robots, const dataset::Entry* before,
             const CancelToken& cancel) const;

 private:
  struct Refusal;
  FetchedImage download(const ImageCandidate& candidate, bool obey_robots, const dataset::Entry* before,
                        bool& unchanged, const CancelToken& cancel) const;
  void check_sums(const ImageCandidate& candidate, FetchedImage& image) const;
  void decode(const ImageCandidate& candidate, FetchedImage& image) const;

  HttpClient& http_;
  Robots& robots_;
  DownloadLimits limits_;
};

/// True if another try under these limits would fail in the same way.
bool is_settled(const Failure& failure, const DownloadLimits& limits, bool obey_robots, bool allow_private);

}  // namespace genga::fetch
