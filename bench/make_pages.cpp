// Pastes images to comic pages, for measuring genga data panels and what follows.
// Usage: make_pages OUT_FOLDER N IMAGES_FOLDER
#include <cstdio>
#include <cstdlib>
#include <span>

#include "curate/test_pages.h"
#include "genga/dataset.h"
#include "genga/error.h"

namespace {

using genga::curate::PageMaker;
using genga::curate::PageSpec;

/// White, black and colored gutters, with and without lines, rounded corners, bleed, noise and JPEG.
PageSpec spec_of(int i) {
  PageSpec spec;
  const cv::Scalar gutters[] = {{255, 255, 255}, {255, 255, 255}, {0, 0, 0}, {30, 40, 60}, {240, 235, 220}};
  spec.gutter = gutters[i % 5];
  spec.gutter_px = 10 + i % 4 * 5;
  spec.line_px = i % 3 == 0 ? 0 : 3;
  spec.round_px = i % 4 == 1 ? 12 : 0;
  spec.bleed = i % 7 == 3;
  spec.pinwheel = i % 11 == 5;
  spec.noise = i % 6 == 2 ? 0.01 : 0;
  return spec;
}

}  // namespace

int main(int argc, char** argv) {
  const int n = argc == 4 ? std::atoi(argv[2]) : 0;
  if (n < 1) {
    std::fputs("usage: make_pages OUT_FOLDER N IMAGES_FOLDER\n", stderr);
    return 2;
  }
  try {
    genga::image::init();
    const std::filesystem::path folder = argv[1], roots[] = {argv[3]};
    std::filesystem::create_directories(folder);
    const std::vector<std::filesystem::path> images = genga::dataset::scan_images(roots).files;
    PageMaker maker(1, images);
    std::size_t n_panels = 0;
    for (int i = 0; i < n; ++i) {
      const genga::curate::TestPage page = maker.make(spec_of(i));
      genga::image::write_image(folder / fmt::format("page{:04}.jpg", i), page.page, {.quality = 92});
      n_panels += page.panels.size();
    }
    std::fputs(fmt::format("{} pages, {} panels\n", n, n_panels).c_str(), stdout);
  } catch (const genga::Error& error) {
    std::fputs(fmt::format("make_pages: {}\n", error.what()).c_str(), stderr);
    return 1;
  }
  return 0;
}
