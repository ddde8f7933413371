#include "eval/data_uri.h"

#include <algorithm>

namespace genga::eval {

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < n ? std::to_integer<unsigned>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= n ? kLetters[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

std::string data_uri(const image::Image& image) {
  image::Info info;
  info.width = image.width;
  info.height = image.height;
  image::WriteOptions options;
  options.format = "jpeg";
  options.quality = 90;
  image::RowWriter writer(info, nullptr, options);
  std::vector<std::uint16_t> rows(image.rgb.size());
  std::transform(image.rgb.begin(), image.rgb.end(), rows.begin(),
                 [](std::uint8_t value) { return static_cast<std::uint16_t>(value * 257); });
  writer.write(rows);
  writer.finish();
  return "data:image/jpeg;base64," + base64(writer.take_bytes());
}

}  // namespace genga::eval
