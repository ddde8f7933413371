// ASCII case, white space, UTF-8, base64, HTML.
#include "genga/text.h"

#include <glib.h>

#include <memory>

namespace genga {

std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_tolower(c);
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) + 1 - begin);
}

bool is_utf8(std::string_view text) {
  return g_utf8_validate_len(text.data(), text.size(), nullptr) != 0 ||
         (text.find('\0') != std::string_view::npos && to_utf8(text) == text);  // GLib ends at NUL
}

std::string to_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const char* end = nullptr;
    g_utf8_validate_len(text.data(), text.size(), &end);
    const auto n_valid = static_cast<std::size_t>(end - text.data());
    result += text.substr(0, n_valid);
    text.remove_prefix(n_valid);
    if (text.empty()) break;
    result += text.front() == '\0' ? std::string_view("\0", 1) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(1);
  }
  return result;
}

std::string base64(std::span<const std::byte> bytes) {
  const std::unique_ptr<gchar, void (*)(void*)> text(
      g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()), &g_free);
  return text.get();
}

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace genga
