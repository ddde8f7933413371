// The line that Genga wrote into an image, found again wherever a format keeps it.
#include <algorithm>
#include <cctype>

#include "image/metadata/fields.h"
#include "image/open_source.h"

namespace genga::image {
namespace {

constexpr std::string_view kMark = " by Genga, style ";  // as app_genga's credit_line() writes it

/// "Stylised by Genga, ..." out of a field's bytes: from the word before the mark to the end of the line.
std::string line_in(std::string_view text) {
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) return {};
  std::size_t begin = mark;
  while (begin > 0 && std::isalpha(static_cast<unsigned char>(text[begin - 1])) != 0) --begin;
  std::string_view line = text.substr(begin);
  return std::string(line.substr(0, std::min(line.find_first_of(std::string_view("\0\r\n<", 4)), line.size())));
}

/// libvips shows an EXIF text as "text (text, ASCII, 5 components, 5 bytes)".
std::string without_type(const std::string& line) {
  const std::size_t type = line.rfind(", ", line.rfind(" components, "));
  const std::size_t text = type == std::string::npos ? type : line.rfind(", ", type - 1);
  if (!line.ends_with(" bytes)") || text == std::string::npos) return line;
  const std::size_t half = (text - 2) / 2;
  return text > 2 && line.substr(0, half) == line.substr(half + 2, half) ? line.substr(0, half) : line.substr(0, text);
}

std::string text_of(const GValue* value) {
  if (G_VALUE_HOLDS_STRING(value)) return g_value_get_string(value) == nullptr ? "" : g_value_get_string(value);
  std::size_t size = 0;
  if (G_VALUE_TYPE(value) == VIPS_TYPE_REF_STRING) return {vips_value_get_ref_string(value, &size)};
  if (G_VALUE_TYPE(value) != VIPS_TYPE_BLOB) return {};
  const void* data = vips_value_get_blob(value, &size);
  return {static_cast<const char*>(data), size};
}

}  // namespace

std::string read_credit(const EncodedImage& source) {
  const OpenedSource opened = open_source(source, kDefaultMaxPixels);
  for (const std::string& field : field_names(opened.header.get())) {
    GValue value = G_VALUE_INIT;
    if (vips_image_get(opened.header.get(), field.c_str(), &value) != 0) continue;
    const std::string line = line_in(text_of(&value));
    g_value_unset(&value);
    if (!line.empty()) return field.starts_with("exif-ifd") ? without_type(line) : line;
  }
  return {};
}

}  // namespace genga::image
