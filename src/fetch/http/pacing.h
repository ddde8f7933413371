// When the next request to a host may be sent, whatever the number of threads.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "genga/base.h"

namespace genga::fetch {

/// Sleeps. Throws Error: kCancelled, within a twentieth of a second.
void wait_seconds(double seconds, const CancelToken& cancel);

/// Threads: any.
class HostPacer {
 public:
  explicit HostPacer(double seconds_between_requests) : usual_s_(seconds_between_requests) {}

  /// Reserves the host's next free time and waits for it. Throws Error: kCancelled.
  void wait_turn(const std::string& origin, const CancelToken& cancel);
  /// No request to this host for so many seconds.
  void postpone(const std::string& origin, double seconds);
  /// At least so many seconds between requests from now on.
  void slow_down(const std::string& origin, double seconds);

 private:
  using Clock = std::chrono::steady_clock;
  struct HostTimes {
    Clock::time_point next{};        // first time that is not reserved
    Clock::time_point not_before{};  // asked for by the host
    double pause_s = 0;
  };

  std::mutex mutex_;  // guards hosts_
  std::map<std::string, HostTimes> hosts_;
  double usual_s_;
};

/// Seconds to wait before try `attempt` + 1 (0: after the first): doubled each time, plus or minus a quarter that
/// depends on the address only, so that many clients do not come back together and a run can be repeated.
double back_off_seconds(double first_s, int attempt, const std::string& url);

/// Retry-After: seconds, or a date. Nothing if it is neither.
std::optional<double> parse_retry_after(const std::string& value, std::int64_t now_unix_s);

}  // namespace genga::fetch
