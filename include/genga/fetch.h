// Images from elsewhere into a collection: web pages, lists of addresses, APIs of image boards and of Wikimedia
// Commons, folders, archives. Each image is decoded before it is stored as DIR/images/NAME.SUFFIX, and gets a line
// in the manifest with its source, licence and author.
//
// An interrupted run is continued by the same call: images that are there are recognized by their source and not
// fetched again; what failed is in DIR/fetch-failures.jsonl and is tried again where that may help. Threads: one call
// per folder at a time; the folder is locked against other programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::fetch {

/// The kinds of sources, for help texts.
struct SourceHelp {
  std::string_view spelling;  // "danbooru:TAGS"
  std::string_view help;      // one line
};
std::vector<SourceHelp> source_help();

struct FetchCounts {
  std::int64_t stored = 0;       // new in the collection
  std::int64_t unlicensed = 0;   // of these: without a licence that we know
  std::int64_t known = 0;        // there already, from an earlier run
  std::int64_t unchanged = 0;    // asked for again, and the server says it is the same
  std::int64_t replaced = 0;     // newer versions of images that were there, stored beside them
  std::int64_t duplicates = 0;   // the same bytes as another image: not stored again
  std::int64_t refused = 0;      // another try would not help: gone, no image, too small, closed by robots.txt
  std::int64_t failed = 0;       // another run may get it: network, overloaded server
  std::int64_t passed_over = 0;  // named by the source, but not to be fetched: videos, hidden posts, bad lines
};

void add(FetchCounts& sum, const FetchCounts& more);

struct FetchOptions {
  std::filesystem::path folder{};
  std::vector<std::string> sources{};
  std::string licence{}, author{}, attribution{};  // of images whose source does not say

  std::int64_t limit = 0;  // images of each source; 0: all. Those of earlier runs count
  int min_side = 0;        // pixels; smaller ones are refused
  std::int64_t max_bytes = 64 << 20;
  bool update = false;     // ask servers whether images that are there have changed
  bool restart = false;    // list the sources from the beginning, not from where an earlier run was interrupted
  bool retry_all = false;  // try again even what was refused

  // Politeness and patience
  int jobs = 8;
  double seconds_between_requests = 1;  // to one host
  int retries = 4;
  double back_off_s = 1;  // doubled each time
  double longest_wait_s = 120;
  double stall_s = 30;
  double timeout_s = 600;
  bool allow_private = false;  // addresses of this machine and its network
  bool ignore_robots = false;  // of lists only; crawls always obey

  // For the sources that understand them
  std::string api{}, user{}, key{}, rating{};
  int min_score = 0;
  int copy_width = 0;  // pixels: a smaller copy at least so wide, where the server makes them; 0: the original
  int depth = 1;
  int max_pages = 10'000;
  bool span_hosts = false;

  const CancelToken* cancel = nullptr;
  /// After each image; from one thread at a time.
  std::function<void(const FetchCounts& counts, std::string_view source)> progress{};
};

struct FetchProblem {
  std::string what{};  // address, line of a list, member of an archive
  std::string code{};  // "not_found", "wrong_type", "too_large", "too_small", "too_many_pixels", "broken", "mismatch",
                       // "forbidden", "robots", "network", "passed_over"
  std::string reason{};  // one sentence
  bool may_pass = false;
};

struct SourceReport {
  std::string source{}, kind{};
  bool finished = false;  // listed to its end, or to the limit
  FetchCounts counts{};
  std::optional<Error> error{};  // that ended it early; another run goes on from there
  std::string notice{};          // what people must know about images from there; empty: nothing
};

struct FetchReport {
  std::vector<SourceReport> sources{};
  FetchCounts counts{};
  std::vector<FetchProblem> problems{};  // the first thousand of this run
  bool interrupted = false;
};

/// Throws Error: kInvalidArgument (an unknown kind of source), kNotFound, kBusy (another program writes the folder),
/// kCorruptData (manifest or stored state), kIo (the folder cannot be written, disk full; what is stored stays).
/// image::init() must have been called.
FetchReport fetch(const FetchOptions& options);

/// What a source offers, without downloading or writing: at most options.limit of each source, in its order.
struct Offer {
  std::string url{}, page{}, licence{}, author{}, title{};
  int width = 0, height = 0;  // 0: the source does not say
};
/// Problems are added to `report`, whose counts stay as they are but for passed_over.
std::vector<Offer> list_offers(const FetchOptions& options, FetchReport& report);

}  // namespace genga::fetch
