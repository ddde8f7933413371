// Addresses by libcurl's URL parser, which is the one that will connect to them.
#include "fetch/http/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

constexpr unsigned kParse = CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_NON_SUPPORT_SCHEME;

struct Handle {
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url{curl_url(), &curl_url_cleanup};

  bool set(CURLUPart part, const char* value, unsigned flags = 0) const {
    return curl_url_set(url.get(), part, value, flags) == CURLUE_OK;
  }
  std::string get(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return text;
  }
};

/// The parts of what was parsed. `text`: for messages.
Url parts_of(const Handle& handle, const std::string& text) {
  Url url;
  url.scheme = handle.get(CURLUPART_SCHEME);
  if (url.scheme != "http" && url.scheme != "https") {
    fail(ErrorCode::kUnsupported, "address '{}' has the scheme '{}', and only http and https are fetched",
         shown_url(text), url.scheme);
  }
  url.host = to_lower(handle.get(CURLUPART_HOST));
  url.port = handle.get(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const bool usual = url.port == (url.scheme == "http" ? "80" : "443");
  if (!handle.set(CURLUPART_HOST, url.host.c_str()) || !handle.set(CURLUPART_FRAGMENT, nullptr) ||
      (usual && !handle.set(CURLUPART_PORT, nullptr))) {
    fail(ErrorCode::kInvalidArgument, "'{}' is not an address of the form https://host/path", shown_url(text));
  }
  url.path = handle.get(CURLUPART_PATH);
  url.query = handle.get(CURLUPART_QUERY);
  url.text = handle.get(CURLUPART_URL);
  return url;
}

bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames{"api_key", "apikey",        "key",       "token",   "access_token",
                                                   "login",   "password_hash", "signature", "password"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

std::string Url::origin() const {
  return fmt::format("{}://{}:{}", scheme, host, port);
}

Url parse_url(std::string_view text) {
  const std::string clean(trimmed(text));
  const Handle handle;
  if (!is_http(clean) && clean.find("://") == std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "'{}' is not an address of the form https://host/path", shown_url(clean));
  }
  if (!handle.set(CURLUPART_URL, clean.c_str(), kParse)) {
    fail(ErrorCode::kInvalidArgument, "'{}' is not an address of the form https://host/path", shown_url(clean));
  }
  return parts_of(handle, clean);
}

Url resolve(const Url& base, std::string_view reference) {
  const std::string clean(trimmed(reference));
  const Handle handle;
  if (!handle.set(CURLUPART_URL, base.text.c_str(), kParse) ||
      (!clean.empty() && !handle.set(CURLUPART_URL, clean.c_str(), kParse))) {
    fail(ErrorCode::kInvalidArgument, "'{}' is no address, seen from '{}'", shown_url(clean), shown_url(base.text));
  }
  return parts_of(handle, clean);
}

std::optional<Url> try_resolve(const Url& base, std::string_view reference) {
  try {
    return resolve(base, reference);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_http(std::string_view text) {
  const std::string start = to_lower(text.substr(0, 8));
  return start.starts_with("http://") || start == "https://";
}

std::string shown_url(std::string_view text) {
  std::string shown(text);
  const auto host = shown.find("://");
  if (host != std::string::npos) {
    const auto at = shown.substr(0, shown.find_first_of("/?#", host + 3)).rfind('@');
    if (at != std::string::npos && at > host) shown.erase(host + 3, at - host - 2);
  }
  std::size_t begin = shown.find('?');
  while (begin != std::string::npos) {
    const auto end = std::min(shown.find('&', begin + 1), shown.size());
    const auto equals = shown.find('=', begin);
    if (equals < end && is_secret(to_lower(shown.substr(begin + 1, equals - begin - 1)))) {
      shown.replace(equals + 1, end - equals - 1, "***");
    }
    begin = shown.find('&', begin + 1);
  }
  return shown;
}

std::string percent_decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace genga::fetch
