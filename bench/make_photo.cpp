// Writes a large test photograph row by row: smooth light, edges and noise, so that it compresses as photos do.
// Usage: make_photo WIDTH HEIGHT OUT.jpg
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "genga/error.h"
#include "genga/image.h"

namespace {

class Noise {
 public:
  int next() { return static_cast<int>((state_ = state_ * 1664525 + 1013904223) >> 24); }

 private:
  std::uint32_t state_ = 1;
};

void write_photo(int width, int height, const char* path) {
  const genga::image::Info info{.width = width, .height = height, .alpha = false, .bits = 8, .format = "", .pages = 1};
  genga::image::RowWriter writer(path, info, nullptr, {});
  std::vector<std::uint16_t> row(static_cast<std::size_t>(width) * 3);
  Noise noise;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double light = 110 + 60 * std::sin(x * 0.004) * std::cos(y * 0.003);
      const int block = (x / 371 + y / 293) % 5 * 12;
      for (int c = 0; c < 3; ++c) {
        const int sample = static_cast<int>(light) + block * (c + 1) / 3 + noise.next() % 9;
        row[static_cast<std::size_t>(x * 3 + c)] = static_cast<std::uint16_t>(std::min(sample, 255) * 257);
      }
    }
    writer.write(row);
  }
  writer.finish();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_photo WIDTH HEIGHT OUT.jpg\n");
    return 2;
  }
  try {
    genga::image::init();
    write_photo(std::atoi(argv[1]), std::atoi(argv[2]), argv[3]);
  } catch (const genga::Error& error) {
    std::fprintf(stderr, "make_photo: %s\n", error.what());
    return genga::exit_status(error.code());
  }
  return 0;
}
