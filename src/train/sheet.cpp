#include "train/sheet.h"

#include <algorithm>
#include <cmath>

#include "genga/error.h"
#include "torchnet/torch_guard.h"

namespace genga::train {
namespace {

constexpr int kGap = 8;  // white pixels between pictures

/// Copies a picture into a larger one with its top left corner at (x, y).
void paste(image::Image& dst, const image::Image& src, int x, int y) {
  for (int row = 0; row < src.height; ++row) {
    const auto from = src.rgb.begin() + std::ptrdiff_t{3} * row * src.width;
    std::copy_n(from, 3 * src.width, dst.rgb.begin() + 3 * (std::ptrdiff_t{y + row} * dst.width + x));
  }
}

}  // namespace

at::Tensor to_tensor(const image::Image& picture) {
  const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(picture.rgb.data()),  // only read
                                         {1, picture.height, picture.width, 3}, at::kByte);
  return bytes.permute({0, 3, 1, 2}).to(at::kFloat) / 127.5 - 1;
}

image::Image to_image(const at::Tensor& tensor) {
  const at::Tensor bytes =
      ((tensor + 1) * 127.5).clamp(0, 255).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  image::Image picture{static_cast<int>(bytes.size(2)), static_cast<int>(bytes.size(1)), {}};
  picture.rgb.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
  return picture;
}

SheetPhotos read_sheet_photos(const std::vector<std::filesystem::path>& files, int n_photos, int long_side_px) {
  const std::size_t n_files = files.size();
  const std::size_t n = std::min(n_files, static_cast<std::size_t>(n_photos));
  SheetPhotos sheet;
  for (std::size_t i = 0; i < n; ++i) {
    const std::filesystem::path& file = files[i * n_files / n];
    try {
      image::ReadOptions options;
      options.size.long_side = long_side_px;
      sheet.photos.push_back(image::read_image(image::Source{file}, options));
    } catch (const Error& error) {
      sheet.skipped.push_back({file, error.what()});
    }
  }
  return sheet;
}

void write_sheet(const std::filesystem::path& path, Method& method, const std::vector<image::Image>& photos) {
  int column = 0, height = kGap;
  for (const image::Image& photo : photos) {
    column = std::max(column, photo.width);
    height += photo.height + kGap;
  }
  image::Image sheet{2 * column + 3 * kGap, height, {}};
  sheet.rgb.assign(std::size_t{3} * sheet.width * sheet.height, 255);
  int y = kGap;
  for (const image::Image& photo : photos) {
    const image::Image result =
        torchnet::guarded("sample sheet", [&] { return to_image(method.stylise(to_tensor(photo))); });
    paste(sheet, photo, kGap, y);
    paste(sheet, result, column + 2 * kGap, y);
    y += photo.height + kGap;
  }
  image::write_image(path, sheet);
}

void write_grid(const std::filesystem::path& path, Method& method, int n, std::uint64_t seed) {
  const at::Tensor pictures = torchnet::guarded("sample sheet", [&] { return method.sample(n, seed); });
  const int side_w = static_cast<int>(pictures.size(3)), side_h = static_cast<int>(pictures.size(2));
  const int columns = static_cast<int>(std::ceil(std::sqrt(n)));
  const int rows = (n + columns - 1) / columns;
  image::Image sheet{columns * (side_w + kGap) + kGap, rows * (side_h + kGap) + kGap, {}};
  sheet.rgb.assign(std::size_t{3} * sheet.width * sheet.height, 255);
  for (int i = 0; i < n; ++i) {
    const int x = kGap + i % columns * (side_w + kGap), y = kGap + i / columns * (side_h + kGap);
    paste(sheet, to_image(pictures.narrow(0, i, 1)), x, y);
  }
  image::write_image(path, sheet);
}

}  // namespace genga::train
