// Waiting: turns of a host, back-off between tries, Retry-After.
#include "fetch/http/pacing.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>

#include "genga/random.h"

namespace genga::fetch {
namespace {

std::chrono::steady_clock::duration duration_of(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}

void wait_until(std::chrono::steady_clock::time_point end, const CancelToken& cancel) {
  using namespace std::chrono_literals;
  for (;;) {
    cancel.check();
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= 0ns) return;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, 50ms));
  }
}

}  // namespace

void wait_seconds(double seconds, const CancelToken& cancel) {
  wait_until(std::chrono::steady_clock::now() + duration_of(seconds), cancel);
}

void HostPacer::wait_turn(const std::string& origin, const CancelToken& cancel) {
  for (;;) {
    Clock::time_point turn;
    {
      const std::lock_guard lock(mutex_);
      HostTimes& host = hosts_[origin];
      turn = std::max({Clock::now(), host.next, host.not_before});
      host.next = turn + duration_of(std::max(usual_s_, host.pause_s));
    }
    wait_until(turn, cancel);
    const std::lock_guard lock(mutex_);
    if (hosts_[origin].not_before <= Clock::now()) return;  // otherwise the host has asked for a longer wait meanwhile
  }
}

void HostPacer::postpone(const std::string& origin, double seconds) {
  const std::lock_guard lock(mutex_);
  HostTimes& host = hosts_[origin];
  host.not_before = std::max(host.not_before, Clock::now() + duration_of(seconds));
}

void HostPacer::slow_down(const std::string& origin, double seconds) {
  const std::lock_guard lock(mutex_);
  HostTimes& host = hosts_[origin];
  host.pause_s = std::max(host.pause_s, seconds);
  host.next = std::max(host.next, Clock::now() + duration_of(seconds));
}

double back_off_seconds(double first_s, int attempt, const std::string& url) {
  Rng rng(stable_hash(url), static_cast<std::uint64_t>(attempt));
  return std::ldexp(first_s, attempt) * rng.uniform(0.75, 1.25);
}

std::optional<double> parse_retry_after(const std::string& value, std::int64_t now_unix_s) {
  double seconds = 0;
  const char* const end = value.data() + value.size();
  if (std::from_chars(value.data(), end, seconds).ptr == end && !value.empty()) {
    return std::isfinite(seconds) ? std::optional(std::max(seconds, 0.0)) : std::nullopt;
  }
  const auto date = curl_getdate(value.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::max(0.0, static_cast<double>(date - now_unix_s));
}

}  // namespace genga::fetch
