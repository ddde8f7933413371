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
  app.add_option("--fit", fit, "For WxH: cover crops (default), stretch distorts")
      ->type_name("cover|contain|stretch")
      ->check(one_of({"cover", "contain", "stretch"}))
      ->needs(option)
      ->group(group);
}

void add_crop_option(CLI::App& app, std::string& crop, const std::string& group) {
  app.add_option("--crop", crop, "What cover keeps; 0,0 is left top, 1,1 right bottom")
      ->type_name("centre|attention|X,Y")
      ->check(accepts([](const std::string& text) { parse_crop(text); }))
      ->needs(app.get_option("--size"))
      ->group(group);
}

image::Crop parse_crop(std::string_view text) {
  if (text == "centre" || text == "center") return {};
  if (text == "attention") return {.attention = true};
  const auto comma = std::min(text.find(','), text.size());
  const auto x = parse_number<double>(text.substr(0, comma));
  const auto y = comma < text.size() ? parse_number<double>(text.substr(comma + 1)) : std::nullopt;
  if (x && y && *x >= 0 && *x <= 1 && *y >= 0 && *y <= 1) return {.x = *x, .y = *y};
  fail(ErrorCode::kInvalidArgument,
       "is '{}', expected centre, attention, or the point to keep in the middle as two fractions of the photo's sides, "
       "like 0.5,0.2",
       text);
}

image::Fit parse_fit(std::string_view text) {
  if (text == "contain") return image::Fit::kContain;
  return text == "stretch" ? image::Fit::kStretch : image::Fit::kCover;
}

const image::Format* wanted_format(const std::string& name, std::string_view option) {
  image::init();
  const image::Format* format = image::find_format(name);
  if (format != nullptr && format->can_write) return format;
  std::vector<std::string> writable;
  for (const auto& known : image::formats()) {  // asks every encoder: some 40 ms
    if (known.can_write) writable.emplace_back(known.name);
  }
  fail(ErrorCode::kInvalidArgument, "{} '{}' is no format that can be written{}; there are: {}", option, name,
       did_you_mean(name, writable), fmt::join(writable, ", "));
}

}  // namespace genga::cli
