// Previews: an image to look at while a run goes on, of held-out photos beside what the generator makes of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "genga/dataset.h"
#include "genga/image.h"
#include "train/method.h"

namespace genga::train {

struct PreviewPhotos {
  std::vector<image::Image> photos;
  std::vector<dataset::Skipped> skipped;  // unreadable; the preview has as many rows less
};
/// Photos for previews, evenly spread over `files`, resized to long_side_px.
PreviewPhotos read_preview_photos(const std::vector<std::filesystem::path>& files, int n_photos, int long_side_px);

/// Each row: photo | result. Returns what it wrote. Throws Error: kIo.
image::Image write_preview(const std::filesystem::path& path, Method& method, const std::vector<image::Image>& photos);

/// n images from noise in rows and columns, the same for the same seed; small ones enlarged by a whole number, so
/// that their pixels stay what they are. Returns what it wrote. Throws Error: kIo.
image::Image write_grid(const std::filesystem::path& path, Method& method, int n, std::uint64_t seed);

/// u8 image to [1,3,H,W] in [-1,1], and back (clamped, rounded).
at::Tensor to_tensor(const image::Image& image);
image::Image to_image(const at::Tensor& tensor);

}  // namespace genga::train
