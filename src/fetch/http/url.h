// Addresses, as libcurl understands them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace genga::fetch {

/// An http or https address, normalized: scheme and host in lower case, no fragment, no default port, no dot segments,
/// spaces and the like percent-encoded. Addresses are equal if their texts are.
struct Url {
  std::string text{};
  std::string scheme{}, host{}, port{};  // port: always a number
  std::string path{}, query{};           // as sent; path begins with '/', query without '?'

  /// "https://a.org:443": the unit of pacing, and of what may be sent secrets.
  std::string origin() const;
};

/// Throws Error: kInvalidArgument (not an address), kUnsupported (a scheme other than http and https).
Url parse_url(std::string_view text);
/// What a page or a redirect at `base` means by `reference`. Throws Error: as parse_url.
Url resolve(const Url& base, std::string_view reference);
/// As resolve, but returns nothing instead of throwing.
std::optional<Url> try_resolve(const Url& base, std::string_view reference);
/// Begins with http:// or https://, in any case.
bool is_http(std::string_view text);

/// For messages and files: without password and without the values of keys and tokens.
std::string shown_url(std::string_view text);

/// "a%20b" -> "a b". Broken escapes stay.
std::string percent_decode(std::string_view text);

}  // namespace genga::fetch
