// Compares media types, and recognizes text by its first bytes. Whether bytes are an image is found by decoding them,
// not here.
#include "fetch/http/media_type.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>

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

namespace {

enum class Kind { kImage, kVideo, kUnknown };

/// By the signatures of the formats. WebP is a kind of RIFF as AVI and WAV are; AVIF and HEIC are of MP4's form, and
/// bytes 8 to 11, the brand, tell them apart.
Kind kind_of(std::string_view bytes) {
  const auto is_any = [](std::string_view text, std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
  };
  if (is_any(bytes, {"\xff\xd8\xff", "\x89PNG", "GIF8"})) return Kind::kImage;
  if (is_any(bytes, {"\x1a\x45\xdf\xa3"})) return Kind::kVideo;  // Matroska, WebM
  if (bytes.size() < 12) return Kind::kUnknown;
  if (bytes.starts_with("RIFF")) return is_any(bytes.substr(8), {"WEBP"}) ? Kind::kImage : Kind::kVideo;
  if (!bytes.substr(4).starts_with("ftyp")) return Kind::kUnknown;
  if (is_any(bytes.substr(8), {"crx "})) return Kind::kUnknown;  // raw photos of Canon, of which decoding says more
  return is_any(bytes.substr(8), {"avif", "avis", "hei", "hev", "mif", "miaf", "msf1"}) ? Kind::kImage : Kind::kVideo;
}

}  // namespace

std::string_view no_image(std::string_view bytes, std::string_view type) {
  const Kind kind = kind_of(bytes);
  if (kind == Kind::kImage) return "";
  if (kind == Kind::kVideo || type.starts_with("video/") || type.starts_with("audio/")) return "a video or sound";
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
