// Compares media types, and recognizes text by its first bytes. Whether bytes are an image is found by decoding them,
// not here.
#include "fetch/http/media_type.h"

#include <algorithm>
#include <cctype>

#include "genga/text.h"

namespace genga::fetch {

std::string media_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  std::erase_if(type, [](unsigned char c) { return std::isspace(c) != 0; });
  return to_lower(type);
}

bool type_fits(std::string_view expected, std::string_view type) {
  if (expected.empty() || type.empty() || type.starts_with(expected)) return true;
  if (expected == "application/json") {
    return type.ends_with("+json") || type == "text/json" || type == "text/javascript";
  }
  if (expected == "text/html") return type == "application/xhtml+xml";
  return expected == "image/";
}

std::string_view no_image(std::string_view bytes, std::string_view type) {
  constexpr std::string_view kImages[] = {"\xff\xd8\xff", "\x89PNG", "GIF8", "RIFF"};
  const bool is_image = std::ranges::any_of(kImages, [&](std::string_view magic) { return bytes.starts_with(magic); });
  if (type.starts_with("video/") || type.starts_with("audio/")) return is_image ? "" : type;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  if (bytes.empty()) return "nothing";
  if (bytes.front() == '{') return "JSON";
  if (bytes.front() != '<') return "";
  const std::string start = to_lower(bytes.substr(0, 512));
  if (start.find("<svg") != std::string::npos) return "an SVG drawing";
  if (start.find("<html") != std::string::npos || start.find("<!doctype html") != std::string::npos) {
    return "a web page";
  }
  return "XML";
}

}  // namespace genga::fetch
