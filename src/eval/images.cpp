// Reads the images to measure, all cropped to one square size; unreadable ones become notes.
#include "eval/images.h"

#include "genga/error.h"

namespace genga::eval {

Paths thinned(const Paths& paths, int n) {
  const auto wanted = static_cast<std::size_t>(n);
  if (paths.size() <= wanted) return paths;
  Paths few;
  for (std::size_t i = 0; i < wanted; ++i) few.push_back(paths[i * paths.size() / wanted]);
  return few;
}

void for_each_image(const Paths& paths, int size_px, std::vector<std::string>& notes,
                    const std::function<void(image::Image)>& use) {
  image::ReadOptions options;
  options.size = {.width = size_px, .height = size_px, .fit = image::Fit::kCover};
  for (const auto& path : paths) {
    image::Image image;
    try {
      image = image::read_image(image::EncodedImage{path}, options);
    } catch (const Error& error) {
      notes.push_back(fmt::format("passed over: {}", error.what()));
      continue;
    }
    use(std::move(image));
  }
}

}  // namespace genga::eval
