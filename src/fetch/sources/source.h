// Where images come from: each kind of source is one file pair and one row of the table in source_table.cpp.
// A source lists candidates page by page; downloading, checking and storing them is the same for all (download.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fetch/http/http.h"
#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/error.h"

namespace genga::fetch {

/// An image that a source offers, before it is downloaded.
struct ImageCandidate {
  std::string url{};  // http(s), or a path for sources on disk
  std::string
      name{};  // file name that the source asks for, without suffix, unique within it: "danbooru_12345"; or empty
  std::string page{}, licence{}, licence_url{}, author{}, attribution{}, title{};
  std::vector<std::string> tags{};
  std::string md5{}, sha1{};       // of the file, as the source says, in hex; empty: it does not say
  int width = 0, height = 0;       // 0: not known
  std::vector<std::byte> bytes{};  // already here (a shard); else downloaded from url
  // Its entry in another collection: all of it is kept (decisions, measures, origin, split), and the image must still
  // have its sha256.
  std::optional<dataset::Entry> known{};
};

/// What a source names but does not give: hidden posts, videos, members of an archive that are refused.
struct PassedOver {
  std::string what{};     // for people: "post 123", "shard-000.tar: ../../etc/passwd"
  std::string reason{};   // "is a video (mp4)"
  bool may_pass = false;  // another try may succeed (network): counted as failed, not as passed over
};

/// One page of what a source offers.
struct Listing {
  std::vector<ImageCandidate> candidates{};
  std::vector<PassedOver> passed_over{};
  std::string next{};            // opaque; empty: that was all
  std::optional<Error> error{};  // why the source gives nothing at all; next is empty then
};

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  /// The page at `cursor` ("": the first), as `next` of the page before gave it. A run is resumed from a stored cursor.
  /// Throws Error: as HttpClient::get; kCorruptData if the answer is not what the API promises.
  virtual Listing list(const std::string& cursor, const CancelToken& cancel) = 0;
  /// A sentence for the summary that people must read about images from this source; empty: none.
  virtual std::string notice() const { return {}; }
};

class Robots;

/// Options for all kinds of sources; each uses those that it understands.
struct SourceOptions {
  std::string api{};                  // base address of another server with that dialect; empty: the usual one
  std::string user{}, key{};          // of an API that asks for them
  std::string rating{};               // boorus: "general", "safe", ...; empty: the tamest the API knows
  int min_score = 0;                  // boorus; 0: any
  int min_side = 0;                   // pixels; sources may ask the API for it, every image is checked later anyway
  int copy_width = 0;                 // pixels; APIs that make smaller copies give one so wide; 0: the original
  int depth = 1;                      // links away from the start page; subcategories
  int max_pages = 10'000;             // that a crawl looks at
  bool span_hosts = false;            // a crawl may leave its host
  std::int64_t max_bytes = 64 << 20;  // of one image
};

/// What a source works with. Must outlive the source.
struct SourceContext {
  HttpClient& http;
  Robots& robots;
  SourceOptions options{};
};

}  // namespace genga::fetch
