// Calls libcurl for one exchange: limits, callbacks, the check of every address that is connected to. Redirects and
// retries are in http.cpp.
#include "fetch/http/transfer.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "fetch/http/address.h"
#include "fetch/http/media_type.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256 << 10;
constexpr std::int64_t kMaxRefusalBytes = 256 << 10;  // of an answer that is not used
constexpr std::size_t kSniffed = 512;
constexpr double kConnectTimeout_s = 30;

/// What the callbacks of one exchange share.
struct Exchange {
  const Url& url;
  const Request& request;
  const HttpOptions& options;
  const CancelToken& cancel;
  bool by_proxy = false;

  Answer answer{};
  std::size_t header_bytes = 0;
  std::int64_t unused_bytes = 0;
  std::int64_t announced = -1;  // Content-Length; -1: none
  bool encoded = false;         // Content-Length counts packed bytes
  bool cut = false, sniffed = false;
  std::string forbidden{};     // address that was refused
  std::exception_ptr error{};  // to be thrown when libcurl has returned
};

[[noreturn]] void too_large(const Exchange& s, const std::string& what) {
  fail(ErrorCode::kOutOfMemory, "'{}' {} the limit of {}; give --max-bytes a larger value to have it",
       shown_url(s.url.text), what, format_bytes(s.request.max_bytes));
}

void begin_answer(Exchange& s, std::string_view line) {  // "HTTP/1.1 200 OK"
  const auto space = line.find(' ');
  s.answer = Answer{};
  s.announced = -1;
  s.encoded = false;
  if (space == std::string_view::npos) return;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), s.answer.status);
}

void check_type(const Exchange& s) {
  const std::string& type = s.answer.response.type;
  if (type_fits(s.request.expected_type, type)) return;
  fail(ErrorCode::kUnsupported, "'{}' is sent as '{}', expected '{}{}'", shown_url(s.url.text), type,
       s.request.expected_type, s.request.expected_type.ends_with('/') ? "..." : "");
}

/// Checks type and announced length before anything of the body is taken.
void check_head(const Exchange& s) {
  check_type(s);
  if (!s.request.cut_at_max && s.announced > s.request.max_bytes) {
    too_large(s, fmt::format("announces {}, more than", format_bytes(s.announced)));
  }
}

void take_header(Exchange& s, std::string_view line) {
  if (line.starts_with("HTTP/")) return begin_answer(s, line);
  if (line == "\r\n" && s.answer.status == 200) return check_head(s);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = to_lower(line.substr(0, colon));
  std::string_view rest = line.substr(colon + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const std::string value(rest.substr(0, rest.find_last_not_of(" \t\r\n") + 1));
  if (name == "location") s.answer.location = value;
  if (name == "retry-after") s.answer.retry_after = value;
  if (name == "etag") s.answer.response.etag = value;
  if (name == "last-modified") s.answer.response.last_modified = value;
  if (name == "content-type") s.answer.response.type = media_type(value);
  if (name == "content-encoding") s.encoded = true;
  if (name == "content-length") std::from_chars(value.data(), value.data() + value.size(), s.announced);
}

void sniff(Exchange& s) {
  s.sniffed = true;
  if (s.request.expected_type != "image/") return;
  const std::string& type = s.answer.response.type;
  const auto found = no_image(s.answer.response.body, type);
  if (found.empty()) return;
  fail(ErrorCode::kUnsupported, "'{}' holds {}, sent as '{}'; expected an image", shown_url(s.url.text), found,
       type.empty() ? "nothing in particular" : type);
}

/// False: enough has come, the transfer may end.
bool take_body(Exchange& s, std::string_view bytes) {
  if (s.answer.status != 200) {
    s.unused_bytes += static_cast<std::int64_t>(bytes.size());
    return s.unused_bytes <= kMaxRefusalBytes;
  }
  std::string& body = s.answer.response.body;
  if (body.empty()) {
    // Compressed answers grow, and an announced length may be false: at most 8 MiB are reserved, and never more than
    // announced.
    if (!s.encoded && s.announced > 0)
      body.reserve(static_cast<std::size_t>(std::min(s.announced, std::int64_t{8} << 20)));
  }
  const auto room = static_cast<std::size_t>(s.request.max_bytes) - body.size();
  if (bytes.size() > room && s.request.cut_at_max) {
    body += bytes.substr(0, room);
    s.cut = true;
    return false;
  }
  if (bytes.size() > room) too_large(s, s.encoded ? "unpacks to more than" : "sends more than");
  body += bytes;
  if (!s.sniffed && body.size() >= kSniffed) sniff(s);
  return true;
}

// Exceptions must not pass through libcurl, which is C: they are kept, and thrown when it has returned.
template <typename Work>
bool guarded(Exchange& s, const Work& work) {
  try {
    return work();
  } catch (...) {
    s.error = std::current_exception();
    return false;
  }
}

extern "C" std::size_t on_header(char* data, std::size_t, std::size_t size, void* state) {
  Exchange& s = *static_cast<Exchange*>(state);
  const bool more = guarded(s, [&] {
    s.header_bytes += size;
    if (s.header_bytes > kMaxHeaderBytes) {
      fail(ErrorCode::kOutOfMemory, "'{}' answers with headers of more than {}", shown_url(s.url.text),
           format_bytes(kMaxHeaderBytes));
    }
    take_header(s, {data, size});
    return true;
  });
  return more ? size : 0;
}

extern "C" std::size_t on_body(char* data, std::size_t, std::size_t size, void* state) {
  Exchange& s = *static_cast<Exchange*>(state);
  return guarded(s, [&] { return take_body(s, {data, size}); }) ? size : 0;
}

extern "C" int on_progress(void* state, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(state)->cancel.cancelled() ? 1 : 0;
}

// Checks the address that libcurl is about to connect to, after name resolution: so a name cannot lead to another
// address between check and use.
extern "C" curl_socket_t on_open_socket(void* state, curlsocktype, curl_sockaddr* address) {
  Exchange& s = *static_cast<Exchange*>(state);
  if (!s.options.allow_private && !s.by_proxy && !is_public_address(&address->addr)) {
    s.forbidden = address_text(&address->addr);
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct HeaderList {
  curl_slist* list = nullptr;
  ~HeaderList() { curl_slist_free_all(list); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list, line.c_str())) list = longer;
  }
};

void forbid(const Url& url, const std::string& address) {
  fail(ErrorCode::kInvalidArgument,
       "'{}' is at {}, an address of this machine or a private network; give --allow-private if that is meant",
       shown_url(url.text), address);
}

/// The proxy for an address. A proxy resolves names itself, so the name is resolved here too: hosts with private
/// addresses are never requested through a proxy.
std::string choose_proxy(const Url& url, const HttpOptions& options) {
  const std::string proxy = proxy_from_environment(url.scheme, url.host);
  if (proxy.empty() || !has_private_address(url.host)) return proxy;
  if (!options.allow_private) forbid(url, "a private address");
  return {};
}

std::string describe(CURLcode code, const Exchange& s, const char* detail) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return s.answer.status == 0 ? "does not answer" : "stalled before everything had come";
    case CURLE_PARTIAL_FILE:
      return fmt::format("ended after {}, before everything had come",
                         format_bytes(static_cast<std::int64_t>(s.answer.response.body.size())));
    case CURLE_GOT_NOTHING:
      return "closed the connection without an answer";
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return "broke the connection";
    case CURLE_COULDNT_CONNECT:
      return "accepts no connection";
    case CURLE_COULDNT_RESOLVE_HOST:
      return fmt::format("has no address: the name '{}' cannot be resolved", s.url.host);
    default:
      return fmt::format("failed ({})", *detail != '\0' ? detail : curl_easy_strerror(code));
  }
}

/// Throws the errors that a second try would not cure.
void check_final(CURLcode code, const Exchange& s, const char* detail) {
  const std::string shown = shown_url(s.url.text);
  if (s.error) std::rethrow_exception(s.error);
  if (!s.forbidden.empty() && code != CURLE_OK) forbid(s.url, s.forbidden);
  if (code == CURLE_BAD_CONTENT_ENCODING) {
    fail(ErrorCode::kCorruptData, "'{}' is packed in a way that cannot be unpacked ({})", shown, detail);
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    fail(ErrorCode::kIo, "'{}' cannot prove that it is {} ({})", shown, s.url.host, detail);
  }
}

}  // namespace

struct TransferPool::Easy {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), &curl_easy_cleanup};
  std::array<char, CURL_ERROR_SIZE> detail{};

  template <typename T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(curl.get(), option, value);
  }
  void set_limits(const HttpOptions& options);
  void set_callbacks(Exchange& state);
};

void TransferPool::Easy::set_limits(const HttpOptions& options) {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can unpack; the cap counts unpacked bytes
  set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
  set(CURLOPT_LOW_SPEED_TIME, std::max(1L, std::lround(options.stall_s)));
  set(CURLOPT_TIMEOUT_MS, std::lround(options.timeout_s * 1000));
  set(CURLOPT_CONNECTTIMEOUT_MS, std::lround(std::min({kConnectTimeout_s, options.stall_s, options.timeout_s}) * 1000));
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
}

void TransferPool::Easy::set_callbacks(Exchange& state) {
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &state);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &state);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &state);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, &state);
  set(CURLOPT_ERRORBUFFER, detail.data());
}

TransferPool::TransferPool() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) fail(ErrorCode::kInternal, "libcurl cannot be started: {}", curl_easy_strerror(started));
}

TransferPool::~TransferPool() = default;

std::unique_ptr<TransferPool::Easy> TransferPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto easy = std::move(idle_.back());
      idle_.pop_back();
      curl_easy_reset(easy->curl.get());  // options only; connections stay
      return easy;
    }
  }
  auto easy = std::make_unique<Easy>();
  if (!easy->curl) fail(ErrorCode::kOutOfMemory, "libcurl cannot make a connection: out of memory");
  return easy;
}

Answer TransferPool::exchange(const Url& url, const Request& request, const HttpOptions& options, bool send_headers,
                              bool fresh, const CancelToken& cancel) {
  auto easy = take();
  Exchange state{.url = url, .request = request, .options = options, .cancel = cancel};
  const std::string proxy = choose_proxy(url, options);
  state.by_proxy = !proxy.empty();

  HeaderList headers;
  if (!request.etag.empty()) headers.add("If-None-Match: " + request.etag);
  if (!request.last_modified.empty()) headers.add("If-Modified-Since: " + request.last_modified);
  if (send_headers) {
    for (const auto& line : options.headers) headers.add(line);
    for (const auto& line : request.headers) headers.add(line);
  }
  easy->set_limits(options);
  easy->set_callbacks(state);
  easy->set(CURLOPT_URL, url.text.c_str());
  easy->set(CURLOPT_PROXY, proxy.c_str());  // "" with an empty NOPROXY: libcurl does not read the environment itself
  easy->set(CURLOPT_NOPROXY, "");
  easy->set(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
  easy->set(CURLOPT_HTTPHEADER, headers.list);
  easy->detail[0] = '\0';

  const CURLcode code = curl_easy_perform(easy->curl.get());
  cancel.check();
  check_final(code, state, easy->detail.data());
  const bool unused = state.answer.status != 200 && state.answer.status != 0;
  const bool whole = code == CURLE_OK || state.cut || (code == CURLE_WRITE_ERROR && unused);
  if (!whole) {
    state.answer.broken = describe(code, state, easy->detail.data());
    state.answer.truncated = code == CURLE_PARTIAL_FILE;
  } else if (state.answer.status == 200) {
    if (!state.sniffed) sniff(state);
  }
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(easy));
  }
  return std::move(state.answer);
}

}  // namespace genga::fetch
