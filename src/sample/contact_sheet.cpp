// Images of one size in rows and columns on white.
#include <algorithm>

#include "genga/error.h"
#include "genga/sample.h"

namespace genga::sample {

image::Image contact_sheet(std::span<const image::Image> images, int columns, int rows) {
  const int width = images.front().width, height = images.front().height;
  const int gap = std::max(1, width / 64);
  const std::int64_t sheet_width = std::int64_t{columns} * (width + gap) - gap;
  const std::int64_t sheet_height = std::int64_t{rows} * (height + gap) - gap;
  if (sheet_width > kMaxSheetPixels / sheet_height) {
    fail(ErrorCode::kOutOfMemory, "a sheet of {} x {} pixels is larger than the limit of {} pixels", sheet_width,
         sheet_height, kMaxSheetPixels);
  }
  image::Image sheet{.width = static_cast<int>(sheet_width), .height = static_cast<int>(sheet_height), .rgb = {}};
  sheet.rgb.assign(static_cast<std::size_t>(3 * sheet_width * sheet_height), 255);
  const std::size_t row_bytes = 3 * static_cast<std::size_t>(width);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto x0 = static_cast<std::int64_t>(i) % columns * (width + gap);
    const auto y0 = static_cast<std::int64_t>(i) / columns * (height + gap);
    for (int y = 0; y < height; ++y) {
      const auto src = images[i].rgb.begin() + static_cast<std::ptrdiff_t>(row_bytes) * y;
      std::copy_n(src, row_bytes, sheet.rgb.begin() + 3 * ((y0 + y) * sheet_width + x0));
    }
  }
  return sheet;
}

}  // namespace genga::sample
