// Writes event files for event_file_test.py: write_events FOLDER (a few of everything) or write_events FOLDER forever
// (scalars, until it is killed).
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string_view>
#include <vector>

#include "genga/image.h"
#include "train/observe/event_file.h"

namespace {

using namespace genga;

constexpr int kWidth = 33, kHeight = 21;

/// Red grows to the right, green downwards; blue is 7.
image::Image image() {
  image::Image image{kWidth, kHeight, {}};
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (const int value : {5 * x, 9 * y, 7}) image.rgb.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return image;
}

void write_some(const std::filesystem::path& folder) {
  train::EventFile events(folder);
  events.scalars(20, {{"target", 0.25}, {"d_color", -0.5}, {"grad_generator", 1e6}, {"images_per_second", 14}});
  events.image(20, "preview", image());
  events.histogram(20, "generator/stem.weight", std::vector<float>{-1, 0, 0, 1e-3F, 0.5F, 0.5F, 2});
  events.restart(10);
  events.scalars(11, {{"target", 0.125}});
}

void write_forever(const std::filesystem::path& folder) {
  train::EventFile events(folder);
  for (std::int64_t step = 1; step < 100'000'000; ++step) {
    events.scalars(step, {{"target", 1.0 / static_cast<double>(step)}, {"d_color", 0.5}});
    if (step % 10 == 0) events.flush();
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    image::init(1);
    if (argc == 3 && std::string_view(argv[2]) == "forever") {
      write_forever(argv[1]);
    } else if (argc == 2) {
      write_some(argv[1]);
    } else {
      return 2;
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "write_events: %s\n", error.what());
    return 1;
  }
}
