// Size, fit and format of output images as options take them.
#include "app_genga/image_options.h"

#include <fmt/ranges.h>

#include <vector>

#include "cli/checks.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::cli {

void add_size_options(CLI::App& app, std::string& size, std::string& fit, const std::string& help,
                      const std::string& group) {
  auto* option = app.add_option("--size", size, help)->type_name("WxH|N")->check(size_text())->group(group);
  app.add_option("--fit", fit,
                 "How WxH is reached: cover fills and crops (default), contain fits inside, stretch distorts")
      ->type_name("cover|contain|stretch")
      ->check(one_of({"cover", "contain", "stretch"}))
      ->needs(option)
      ->group(group);
}

image::Fit parse_fit(std::string_view text) {
  if (text == "contain") return image::Fit::kContain;
  return text == "stretch" ? image::Fit::kStretch : image::Fit::kCover;
}

const image::Format* wanted_format(const std::string& name, std::string_view option) {
  const image::Format* format = image::find_format(name);
  std::vector<std::string> writable;
  for (const auto& known : image::formats()) {
    if (known.can_write) writable.emplace_back(known.name);
  }
  if (format == nullptr || !format->can_write) {
    fail(ErrorCode::kInvalidArgument, "{} '{}' is no format that can be written{}; there are: {}", option, name,
         did_you_mean(name, writable), fmt::join(writable, ", "));
  }
  return format;
}

}  // namespace genga::cli
