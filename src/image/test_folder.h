// For tests of all modules above: a folder that goes away, and images drawn on the spot.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "genga/image.h"

namespace genga::image {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "genga_test_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Waves of color with a dark disc; differs by seed.
inline image::Image draw_image(int width, int height, int seed) {
  image::Image image{width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height)};
  std::size_t i = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool disc = std::hypot(x - width / 2, y - height / 2) < 10 + seed;
      for (int c = 0; c < 3; ++c) {
        const double wave = 127 + 120 * std::sin(0.05 * (x + 2 * y) + c + seed);
        image.rgb[i++] = disc ? std::uint8_t{20} : static_cast<std::uint8_t>(wave);
      }
    }
  }
  return image;
}

/// Fills a folder with n drawn images of 96x80.
inline void draw_images(const std::filesystem::path& folder, int n, int first_seed) {
  image::init(1);
  std::filesystem::create_directories(folder);
  for (int i = 0; i < n; ++i) {
    image::write_image(folder / fmt::format("p{}.png", 10 + i), draw_image(96, 80, first_seed + i));
  }
}

}  // namespace genga::image
