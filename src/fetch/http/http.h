// HTTP by libcurl, politely and carefully. One client serves all threads.
//
// Polite: a pause between requests to one host, Retry-After obeyed, back-off with jitter from the address (so that it
// is deterministic) on 429, 5xx and broken connections, a User-Agent that names Genga. Careful: http and https only,
// redirects counted and checked one by one, the address of every connection checked (private, loopback, link-local and
// the like are refused unless allowed), sizes and types limited, slow servers given up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "genga/base.h"

namespace genga::fetch {

struct HttpOptions {
  double seconds_between_requests = 1.0;  // to one host
  int retries = 4;
  double back_off_s = 1.0;      // doubled each time
  double longest_wait_s = 120;  // a longer Retry-After is an error
  double stall_s = 30;          // given up when fewer than 1 KiB/s arrive for so long
  double timeout_s = 600;       // of one transfer
  int max_redirects = 8;
  bool allow_private = false;          // addresses of this machine and its neighbours
  std::string user_agent{};            // empty: "genga/VERSION (collects images for its user)"
  std::vector<std::string> headers{};  // "Authorization: ...", not sent on when another host is redirected to
};

struct Request {
  std::string url{};
  std::int64_t max_bytes = 64 << 20;
  std::string expected_type{};          // "image/", "application/json", "text/html"; empty: any
  std::string etag{}, last_modified{};  // conditional: unchanged gives status 304
  std::vector<std::string> headers{};   // as HttpOptions::headers
  bool cut_at_max = false;              // what is beyond max_bytes is left out instead of refused
  bool refusals_too = false;            // statuses 400 to 499 but 408 and 429 are returned, without a body, not thrown
  // Called with each address that is redirected to; may throw.
  std::function<void(const std::string& url)> on_redirect{};
};

struct Response {
  int status = 0;      // 200 or 304; all else is thrown, but see Request::refusals_too
  std::string url{};   // after redirects
  std::string type{};  // media type, lower case, without parameters
  std::string etag{}, last_modified{};
  std::string body{};
};

/// Threads: get may be called from any number of threads.
class HttpClient {
 public:
  explicit HttpClient(const HttpOptions& options);
  ~HttpClient();
  /// Throws Error: kNotFound (404, 410), kIo (network, status), kUnsupported (type, scheme), kOutOfMemory (size),
  /// kInvalidArgument (a forbidden address), kCorruptData (fewer bytes than announced), kCancelled.
  Response get(const Request& request, const CancelToken& cancel);
  /// From now on at least so many seconds between requests to the host of `url` (robots.txt's Crawl-delay).
  void slow_down(const std::string& url, double seconds);
  const HttpOptions& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genga::fetch
