// Images as text inside an HTML page.
#include "eval/data_uri.h"

#include "genga/text.h"

namespace genga::eval {

std::string data_uri(const image::Image& image) {
  return "data:image/jpeg;base64," + base64(image::encode(image, {.format = "jpeg", .quality = 90}));
}

}  // namespace genga::eval
