// Lays out photos, results and samples as one image, and converts between images and tensors.
#include "train/run/preview.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "genga/error.h"
#include "torchnet/torch_guard.h"

namespace genga::train {
namespace {

constexpr int kGap = 8;          // white pixels between images
constexpr int kMinSample = 128;  // pixels; smaller samples are enlarged

/// Copies an image into a larger one with its top left corner at (x, y).
void paste(image::Image& dst, const image::Image& src, int x, int y) {
  for (int row = 0; row < src.height; ++row) {
    const auto from = src.rgb.begin() + std::ptrdiff_t{3} * row * src.width;
    std::copy_n(from, 3 * src.width, dst.rgb.begin() + 3 * (std::ptrdiff_t{y + row} * dst.width + x));
  }
}

/// Cells row by row; every column is as wide as its widest cell, every row as high as its highest.
image::Image lay_out(const std::vector<image::Image>& cells, int n_columns) {
  std::vector<int> widths(static_cast<std::size_t>(n_columns)), heights;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    int& width = widths[i % widths.size()];
    width = std::max(width, cells[i].width);
    if (i % widths.size() == 0) heights.push_back(0);
    heights.back() = std::max(heights.back(), cells[i].height);
  }
  const auto with_gaps = [](const std::vector<int>& sides) {
    return std::accumulate(sides.begin(), sides.end(), kGap, [](int sum, int side) { return sum + side + kGap; });
  };
  image::Image preview{with_gaps(widths), with_gaps(heights), {}};
  preview.rgb.assign(std::size_t{3} * preview.width * preview.height, 255);
  int x = kGap, y = kGap;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t column = i % widths.size(), row = i / widths.size();
    paste(preview, cells[i], x, y);
    x += widths[column] + kGap;
    if (column + 1 == widths.size()) {
      x = kGap;
      y += heights[row] + kGap;
    }
  }
  return preview;
}

image::Image enlarged(const image::Image& src, int factor) {
  image::Image dst{src.width * factor, src.height * factor, {}};
  dst.rgb.resize(std::size_t{3} * dst.width * dst.height);
  auto out = dst.rgb.begin();
  for (int y = 0; y < dst.height; ++y) {
    for (int x = 0; x < dst.width; ++x) {
      const auto from = src.rgb.begin() + std::ptrdiff_t{3} * (std::ptrdiff_t{y / factor} * src.width + x / factor);
      out = std::copy_n(from, 3, out);
    }
  }
  return dst;
}

/// Nearly square, with as few empty cells as that allows.
int grid_columns(int n) {
  const int square = static_cast<int>(std::ceil(std::sqrt(n)));
  const auto n_empty = [n](int columns) { return (columns - n % columns) % columns; };
  int best = square;
  for (int columns = square; columns <= square + square / 2; ++columns) {
    if (n_empty(columns) < n_empty(best)) best = columns;
  }
  return best;
}

}  // namespace

at::Tensor to_tensor(const image::Image& image) {
  const at::Tensor bytes = at::from_blob(const_cast<std::uint8_t*>(image.rgb.data()),  // only read
                                         {1, image.height, image.width, 3}, at::kByte);
  return bytes.permute({0, 3, 1, 2}).to(at::kFloat) / 127.5 - 1;
}

image::Image to_image(const at::Tensor& tensor) {
  const at::Tensor bytes =
      ((tensor + 1) * 127.5).clamp(0, 255).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  image::Image image{static_cast<int>(bytes.size(2)), static_cast<int>(bytes.size(1)), {}};
  image.rgb.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
  return image;
}

PreviewPhotos read_preview_photos(const std::vector<std::filesystem::path>& files, int n_photos, int long_side_px) {
  const std::size_t n_files = files.size();
  const std::size_t n = std::min(n_files, static_cast<std::size_t>(n_photos));
  PreviewPhotos found;
  for (std::size_t i = 0; i < n; ++i) {
    const std::filesystem::path& file = files[i * n_files / n];
    try {
      image::ReadOptions options;
      options.size.long_side = long_side_px;
      found.photos.push_back(image::read_image(image::EncodedImage{file}, options));
    } catch (const Error& error) {
      found.skipped.push_back({file, error.what()});
    }
  }
  return found;
}

image::Image write_preview(const std::filesystem::path& path, Method& method, const std::vector<image::Image>& photos) {
  std::vector<image::Image> cells;
  for (const image::Image& photo : photos) {
    cells.push_back(photo);
    cells.push_back(torchnet::guarded("preview", [&] { return to_image(method.stylise(to_tensor(photo))); }));
  }
  image::Image preview = lay_out(cells, 2);
  image::write_image(path, preview);
  return preview;
}

image::Image write_grid(const std::filesystem::path& path, Method& method, int n, std::uint64_t seed) {
  const at::Tensor samples = torchnet::guarded("preview", [&] { return method.sample(n, seed); });
  const int side = static_cast<int>(std::max(samples.size(2), samples.size(3)));
  const int factor = std::max(1, kMinSample / side);
  std::vector<image::Image> cells;
  for (int i = 0; i < n; ++i) cells.push_back(enlarged(to_image(samples.narrow(0, i, 1)), factor));
  image::Image preview = lay_out(cells, grid_columns(n));
  image::write_image(path, preview);
  return preview;
}

}  // namespace genga::train
