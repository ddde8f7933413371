// Where pictures come from: each kind of source is one file pair and one row of the table in source_table.cpp.
// A source lists candidates page by page; downloading, checking and storing them is the same for all (download.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fetch/http.h"
#include "genga/base.h"
#include "genga/manifest.h"

namespace genga::fetch {

/// A picture that could be had.
struct Candidate {
  std::string url{};   // http(s), or a path for sources on disk
  std::string name{};  // wished file name without suffix, unique within the source: "danbooru_12345"
  std::string page{}, licence{}, licence_url{}, author{}, attribution{}, title{};
  std::vector<std::string> tags{};
  std::string md5{}, sha1{};       // what the source says of the file; empty: nothing
  int width = 0, height = 0;       // 0: not known
  std::vector<std::byte> bytes{};  // already here (a shard); else downloaded from url
  // What an existing collection says of it: all of it is kept (decisions, measures, origin, split), and the picture
  // must still have its sha256.
  std::optional<data::Entry> known{};
};

/// What a source names but does not give: hidden posts, films, members of an archive that are refused.
struct PassedOver {
  std::string what{};    // for people: "post 123", "shard-000.tar: ../../etc/passwd"
  std::string reason{};  // "is a film (mp4)"
};

struct Listing {
  std::vector<Candidate> candidates{};
  std::vector<PassedOver> passed_over{};
  std::string next{};  // opaque; empty: that was all
  std::vector<PassedOver> passed_over{};
};

class Source {
 public:
  virtual ~Source() = default;
  /// The page at `cursor` ("": the first), as `next` of the page before gave it. A run is resumed from a stored cursor.
  /// Throws Error: as HttpClient::get; kCorruptData if the answer is not what the API promises.
  virtual Listing list(const std::string& cursor, const CancelToken& cancel) = 0;
  /// A sentence that people must read about pictures from here, for the summary; empty: none.
  virtual std::string notice() const { return {}; }
};

}  // namespace genga::fetch
