// One candidate becomes the bytes of a whole image, or a reason why not.
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

/// Decoded once, to be sure that it is one and whole.
struct Image {
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
    std::optional<Image> image{};
    bool unchanged = false;            // of an update
    std::optional<Failure> failure{};  // code, reason, may_pass, limit
  };
  /// obey_robots: ask robots.txt first. before: what is known already; the server is asked for something newer.
  /// Takes the candidate's bytes, if it has some. Throws Error: kCancelled only.
  Result get(Candidate& candidate, bool obey_robots, const dataset::Entry* before, const CancelToken& cancel) const;

 private:
  struct Refusal;
  Image download(const Candidate& candidate, bool obey_robots, const dataset::Entry* before, bool& unchanged,
                 const CancelToken& cancel) const;
  void check_sums(const Candidate& candidate, Image& image) const;
  void decode(const Candidate& candidate, Image& image) const;

  HttpClient& http_;
  Robots& robots_;
  DownloadLimits limits_;
};

/// What an earlier run found holds still: under these limits too another try would fail alike.
bool is_settled(const Failure& failure, const DownloadLimits& limits, bool obey_robots, bool allow_private);

}  // namespace genga::fetch
