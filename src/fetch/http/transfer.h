// One exchange with one server, without redirects and without second tries.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fetch/http/http.h"
#include "fetch/http/url.h"

namespace genga::fetch {

/// The outcome of an exchange. The caller judges statuses; errors that a second try would not cure are thrown.
struct Answer {
  int status = 0;  // 0: none came, `broken` says why
  std::string location{}, retry_after{};
  Response response{};
  std::string broken{};    // why the answer is not whole ("broke the connection"), which may pass; empty: it is whole
  bool truncated = false;  // broken, because less came than was announced
};

/// Connections that are kept open between exchanges. Threads: any.
class TransferPool {
 public:
  TransferPool();
  ~TransferPool();

  /// send_headers: those of options and request too, which may hold secrets.
  /// Throws Error: kOutOfMemory, kUnsupported (type), kInvalidArgument (forbidden address), kCancelled, kIo (TLS).
  /// fresh: on a new connection; on an old one, what an earlier answer had too much may be taken for this answer's
  /// begin.
  Answer exchange(const Url& url, const Request& request, const HttpOptions& options, bool send_headers, bool fresh,
                  const CancelToken& cancel);

 private:
  struct Easy;
  std::unique_ptr<Easy> take();

  std::mutex mutex_;  // guards idle_
  std::vector<std::unique_ptr<Easy>> idle_;
};

}  // namespace genga::fetch
