// Header fields, by libvips' calls.
#include "image/metadata/fields.h"

namespace genga::image {

std::vector<std::string> field_names(VipsImage* image) {
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(image), &g_strfreev);
  std::vector<std::string> names;
  for (gchar** name = fields.get(); name != nullptr && *name != nullptr; ++name) names.emplace_back(*name);
  return names;
}

std::string_view blob_of(VipsImage* image, const char* field) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(image, field) == 0 || vips_image_get_blob(image, field, &data, &size) != 0) return {};
  return {static_cast<const char*>(data), size};
}

void set_blob(VipsImage* image, const char* field, std::string_view blob) {
  if (blob.empty()) {
    vips_image_remove(image, field);
  } else {
    vips_image_set_blob_copy(image, field, blob.data(), blob.size());
  }
}

}  // namespace genga::image
