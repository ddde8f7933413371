#include "train/observe/image_bytes.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace genga::train {

std::string encode_image(const image::Image& image, std::string_view format, int quality) {
  image::WriteOptions options;
  options.format = format;
  options.quality = quality;
  image::Info info;
  info.width = image.width;
  info.height = image.height;
  image::RowWriter writer(info, nullptr, options);
  const std::size_t row = std::size_t{3} * image.width;
  std::vector<std::uint16_t> wide(row);
  for (int y = 0; y < image.height; ++y) {
    const auto begin = image.rgb.begin() + static_cast<std::ptrdiff_t>(row) * y;
    std::transform(begin, begin + static_cast<std::ptrdiff_t>(row), wide.begin(),
                   [](std::uint8_t v) { return static_cast<std::uint16_t>(v * 257); });
    writer.write(wide);
  }
  writer.finish();
  const std::vector<std::byte> bytes = writer.take_bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text.push_back(k <= n ? kDigits[three >> (18 - 6 * k) & 63] : '=');
  }
  return text;
}

}  // namespace genga::train
