// Requests with retries, pauses and redirects. A single exchange with a server is in transfer.cpp.
#include "fetch/http/http.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "fetch/http/pacing.h"
#include "fetch/http/transfer.h"
#include "fetch/http/url.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Whether the same request may succeed later: the host is overloaded, or broken for a while.
bool may_pass(int status) {
  return status == 408 || status == 429 || status >= 500;
}

std::string_view meaning(int status) {
  switch (status) {
    case 401:
      return " (asks for a login)";
    case 403:
      return " (forbidden)";
    case 408:
    case 504:
      return " (too slow)";
    case 429:
      return " (too many requests)";
    case 451:
      return " (withheld for legal reasons)";
    case 503:
      return " (overloaded)";
    default:
      return status >= 500 ? " (the server failed)" : "";
  }
}

std::int64_t now_unix_s() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

struct HttpClient::Impl {
  explicit Impl(const HttpOptions& wanted) : options(wanted), pacer(wanted.seconds_between_requests) {
    if (options.user_agent.empty()) options.user_agent = "genga/" GENGA_VERSION " (collects images for its user)";
  }

  /// One address, with as many tries as are allowed.
  Answer ask(const Url& url, const Request& request, bool send_headers, const CancelToken& cancel);
  /// Throws if there is to be no further try; else waits.
  void wait_for_next_try(const Url& url, const Answer& answer, int attempt, const CancelToken& cancel);
  [[noreturn]] void give_up(const Url& url, const Answer& answer, int attempts) const;
  Url next_hop(const Url& from, const Answer& answer) const;

  HttpOptions options;
  HostPacer pacer;
  TransferPool pool;
};

Answer HttpClient::Impl::ask(const Url& url, const Request& request, bool send_headers, const CancelToken& cancel) {
  for (int attempt = 0;; ++attempt) {
    pacer.wait_turn(url.origin(), cancel);
    Answer answer = pool.exchange(url, request, options, send_headers, attempt > 0, cancel);
    if (answer.broken.empty() && !may_pass(answer.status)) return answer;
    wait_for_next_try(url, answer, attempt, cancel);
  }
}

void HttpClient::Impl::wait_for_next_try(const Url& url, const Answer& answer, int attempt, const CancelToken& cancel) {
  if (attempt >= options.retries) give_up(url, answer, attempt + 1);
  double wait_s = std::min(back_off_seconds(options.back_off_s, attempt, url.text), options.longest_wait_s);
  if (const auto asked = parse_retry_after(answer.retry_after, now_unix_s())) {
    if (*asked > options.longest_wait_s) {
      fail(ErrorCode::kIo, "'{}' answered {}{} and asks to wait {:.0f} seconds, longer than {:.0f}; try again later",
           shown_url(url.text), answer.status, meaning(answer.status), *asked, options.longest_wait_s);
    }
    wait_s = std::max(wait_s, *asked);
    pacer.postpone(url.origin(), wait_s);  // the wait holds for the whole host
  }
  wait_seconds(wait_s, cancel);
}

void HttpClient::Impl::give_up(const Url& url, const Answer& answer, int attempts) const {
  const std::string tries = attempts == 1 ? "" : fmt::format(", {} times", attempts);
  const std::string shown = shown_url(url.text);
  if (answer.truncated) fail(ErrorCode::kCorruptData, "'{}' {}{}", shown, answer.broken, tries);
  if (!answer.broken.empty()) fail(ErrorCode::kIo, "'{}' {}{}", shown, answer.broken, tries);
  fail(ErrorCode::kIo, "'{}' answered {}{}{}", shown, answer.status, meaning(answer.status), tries);
}

Url HttpClient::Impl::next_hop(const Url& from, const Answer& answer) const {
  const std::string shown = shown_url(from.text);
  if (answer.location.empty()) fail(ErrorCode::kIo, "'{}' redirects to nowhere", shown);
  Url next;
  try {
    next = resolve(from, answer.location);
  } catch (const Error& error) {
    throw error.with_context(fmt::format("'{}' redirects", shown));
  }
  const auto at = next.text.find('@');  // names and passwords in a redirect are not used
  const auto host = next.text.find("://") + 3;
  if (at < next.text.find('/', host)) next.text.erase(host, at + 1 - host);
  return next;
}

HttpClient::HttpClient(const HttpOptions& options) : impl_(std::make_unique<Impl>(options)) {}
HttpClient::~HttpClient() = default;

const HttpOptions& HttpClient::options() const {
  return impl_->options;
}

void HttpClient::slow_down(const std::string& url, double seconds) {
  impl_->pacer.slow_down(parse_url(url).origin(), seconds);
}

Response HttpClient::get(const Request& request, const CancelToken& cancel) {
  const Url first = parse_url(request.url);
  Url url = first;
  std::set<std::string> visited{first.text};
  for (int hop = 0;; ++hop) {
    Answer answer = impl_->ask(url, request, url.origin() == first.origin(), cancel);
    if (is_redirect(answer.status)) {
      if (hop >= impl_->options.max_redirects) {
        fail(ErrorCode::kIo, "'{}' is redirected more than {} times, last to '{}'", shown_url(first.text),
             impl_->options.max_redirects, shown_url(url.text));
      }
      url = impl_->next_hop(url, answer);
      if (!visited.insert(url.text).second) {
        fail(ErrorCode::kIo, "'{}' is redirected in a circle, to '{}' again", shown_url(first.text),
             shown_url(url.text));
      }
      if (request.on_redirect) request.on_redirect(url.text);
      continue;
    }
    answer.response.status = answer.status;
    answer.response.url = url.text;
    if (answer.status == 200 || answer.status == 304) return std::move(answer.response);
    if (request.refusals_too && answer.status >= 400) return std::move(answer.response);
    const std::string shown = shown_url(url.text);
    if (answer.status == 404 || answer.status == 410) {
      fail(ErrorCode::kNotFound, "'{}' does not exist (the server answered {})", shown, answer.status);
    }
    fail(ErrorCode::kIo, "'{}' answered {}{}", shown, answer.status, meaning(answer.status));
  }
}

}  // namespace genga::fetch
