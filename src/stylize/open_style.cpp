// A model by the name of an embedded style or by the path of a file.
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/stylize.h"
#include "genga/text.h"
#include "stylize/embedded.h"

namespace genga::stylize {
namespace {

const EmbeddedStyle* find_embedded(std::string_view name) {
  for (const EmbeddedStyle& style : embedded_styles()) {
    if (style.name == name) return &style;
  }
  return nullptr;
}

bool looks_like_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".safetensors");
}

[[noreturn]] void fail_unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const EmbeddedStyle& style : embedded_styles()) names.emplace_back(style.name);
  if (names.empty()) {
    fail(ErrorCode::kNotFound, "style '{}' is not known: this program was built without styles; give a model file",
         name);
  }
  fail(ErrorCode::kNotFound, "style '{}' is neither embedded ({}) nor a model file{}", name, fmt::join(names, ", "),
       did_you_mean(to_lower(name), names));
}

}  // namespace

weights::Model open_style(const std::string& name_or_path) {
  const std::string name = name_or_path.empty() ? std::string(default_style_name()) : name_or_path;
  if (name.empty()) {
    fail(ErrorCode::kNotFound, "no style was chosen and this program was built without one; give a model file");
  }
  if (const EmbeddedStyle* style = find_embedded(name)) return weights::read_model(style->bytes, nullptr, false);
  std::error_code ignored;  // a name that no file system accepts is no file either
  if (!looks_like_path(name) && !std::filesystem::exists(name, ignored)) fail_unknown(name);
  return weights::read_model_file(name);
}

}  // namespace genga::stylize
