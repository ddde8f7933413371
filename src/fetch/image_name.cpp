// Makes file names that are safe on every system out of addresses, or out of the names that sources ask for.
#include "fetch/image_name.h"

#include <algorithm>

#include "fetch/http/url.h"
#include "genga/sha256.h"

namespace genga::fetch {
namespace {

constexpr std::size_t kMaxBytes = 100;

/// Length of the UTF-8 character that begins here; 0 if none does.
std::size_t character_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xc2 && first < 0xe0 ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string safe_name(std::string_view wish) {
  constexpr std::string_view kForbidden = "/\\:*?\"<>|%# \t";
  std::string name;
  while (!wish.empty()) {
    const std::size_t length = character_length(wish);
    const auto c = static_cast<unsigned char>(wish.front());
    const bool plain =
        length > 1 || (length == 1 && c > 0x20 && c != 0x7f && kForbidden.find(wish.front()) == std::string_view::npos);
    const std::string_view next = plain ? wish.substr(0, length) : "_";
    if (name.size() + next.size() > kMaxBytes) break;
    if (plain || !name.ends_with('_')) name += next;
    wish.remove_prefix(std::max<std::size_t>(length, 1));
  }
  // A leading dot hides a file, a leading dash looks like an option, a trailing dot is lost on some systems.
  name.erase(0, std::min(name.find_first_not_of(".-_"), name.size()));
  name.erase(name.find_last_not_of("._") + 1);
  return name.empty() ? "image" : name;
}

std::string image_name(const ImageCandidate& candidate) {
  if (!candidate.name.empty()) return safe_name(candidate.name);
  std::string_view path = candidate.url;
  if (is_http(path)) {
    path = path.substr(0, path.find_first_of("?#"));
    path.remove_prefix(std::min(path.find('/', path.find("://") + 3), path.size()));
  }
  std::string last = percent_decode(path.substr(path.rfind('/') + 1));
  last.erase(std::min(last.rfind('.'), last.size()));
  const std::string hash = sha256_of(std::as_bytes(std::span(candidate.url))).substr(0, 8);
  return safe_name(last).substr(0, kMaxBytes) + "-" + hash;
}

}  // namespace genga::fetch
