// robots.txt: which addresses a site asks programs not to visit (RFC 9309).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/http/http.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::fetch {

/// The rules for one program.
struct RobotsRules {
  struct Rule {
    bool allow = false;
    std::string pattern{};  // normalized; may hold * and end with $
  };
  std::vector<Rule> rules{};
  std::optional<double> crawl_delay_s{};

  /// path: with its query, as sent. The longest pattern that matches decides; of two of one length, the one that
  /// allows.
  bool allows(std::string_view path) const;
};

/// agent: product token in lower case, "genga". All groups that name it count together; without one, those of "*".
/// Lines that are not understood are passed over.
RobotsRules parse_robots(std::string_view text, std::string_view agent);

/// The robots.txt of all hosts, each fetched once. Threads: any.
class Robots {
 public:
  explicit Robots(HttpClient& http) : http_(http) {}

  /// Returns if the address may be fetched; a Crawl-delay is passed on to the client.
  /// Throws Error: kUnsupported (robots.txt disallows it), kIo (robots.txt cannot be fetched: then nothing may be
  /// fetched), kInvalidArgument, kCancelled.
  void check(const std::string& url, const CancelToken& cancel);

 private:
  struct HostRules {
    std::mutex mutex;  // held while robots.txt is fetched
    std::optional<RobotsRules> rules{};
    std::optional<Error> error{};
  };
  void load(HostRules& host, const std::string& origin, const CancelToken& cancel);

  HttpClient& http_;
  std::mutex mutex_;  // guards hosts_
  std::map<std::string, std::unique_ptr<HostRules>> hosts_;
};

}  // namespace genga::fetch
