// Opens a file or bytes: checks that it is a file, finds the loader (only those of our table), reads the header.
#include "image/open_source.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "genga/system.h"
#include "image/color/told_color.h"
#include "image/formats/raw_photo.h"
#include "image/formats/tiff_pages.h"

namespace genga::image {
namespace {

// Asked of the system first, since libvips has one sentence for all of these.
void check_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    fail(ErrorCode::kNotFound, "there is no such file; an image was expected");
  }
  if (std::filesystem::is_directory(status)) {
    fail(ErrorCode::kInvalidArgument, "this is a folder; the name of an image file was expected");
  }
  // A pipe would wait for a writer for ever, a device like /dev/zero would never end.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail(ErrorCode::kIo, "this is a pipe or a device; a file was expected, or an image piped to '-'");
  }
  if (!FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))) {
    fail(ErrorCode::kIo, "the file cannot be opened for reading: {}", std::strerror(errno));
  }
  if (std::filesystem::file_size(path, error) == 0 && !error) {
    fail(ErrorCode::kCorruptData, "the file is empty; an image was expected");
  }
}

// BMP is read by ImageMagick, which would try any format, so it is called only for data that begin as a BMP does.
bool is_bmp(VipsSource* source) {
  const unsigned char* magic = vips_source_sniff(source, 2);
  return magic != nullptr && std::memcmp(magic, "BM", 2) == 0;
}

std::string find_known_loader(VipsSource* source) {
  const char* name = vips_foreign_find_load_source(source);
  if (name != nullptr && find_row_of_loader(name) != nullptr) return name;
  vips_error_clear();
  return {};
}

std::string find_loader(VipsSource* source) {
  if (is_bmp(source)) {
    load_modules();
    // Of ImageMagick 7 (Debian 13) or 6 (Debian 12).
    constexpr const char* kNewer = "VipsForeignLoadMagick7Buffer";
    return g_type_from_name(kNewer) != 0 ? kNewer : "VipsForeignLoadMagickBuffer";
  }
  std::string loader = find_known_loader(source);
  if (loader.empty()) {
    load_modules();
    loader = find_known_loader(source);
  }
  if (loader.empty()) {
    fail(ErrorCode::kUnsupported, "this is not an image that Genga can read; one of {} was expected",
         format_names(false));
  }
  return loader;
}

std::span<const unsigned char> all_bytes(VipsSource* source) {
  std::size_t size = 0;
  const void* data = vips_source_map(source, &size);
  if (data == nullptr) fail_vips(ErrorCode::kIo, "the file cannot be read");
  return {static_cast<const unsigned char*>(data), size};
}

// Before a loader is looked for, since some raw photographs are read as TIFF and others not at all.
void refuse_raw_photo(VipsSource* source) {
  const unsigned char* begin = vips_source_sniff(source, 16);
  if (begin == nullptr) return;
  const std::string_view kind = raw_photo_kind(std::span(begin, 16)).empty() && begin[0] != begin[1]
                                    ? std::string_view()
                                    : raw_photo_kind(all_bytes(source));
  if (kind.empty()) return;
  fail(ErrorCode::kUnsupported, "this is a raw photograph ({}); export it as JPEG or TIFF first", kind);
}

// As ISO 21496-1 (JPEG and HEIF) and Apple (HEIF) name it, near the beginning.
bool names_gain_map(VipsSource* source) {
  constexpr std::size_t kHeadBytes = 65536;
  unsigned char* head = nullptr;
  const gint64 size = vips_source_sniff_at_most(source, &head, kHeadBytes);
  if (size <= 0 || head == nullptr) return false;
  const std::string_view text(reinterpret_cast<const char*>(head), static_cast<std::size_t>(size));
  constexpr std::array<std::string_view, 3> kNames{"urn:iso:std:iso:ts:21496:-1", "aux:hdrgainmap", "tmap"};
  const bool heif = text.size() > 4 && text.substr(4).starts_with("ftyp");
  const bool jpeg = text.starts_with("\xff\xd8");
  return (jpeg || heif) && std::ranges::any_of(kNames, [&](std::string_view name) {
           return (heif || name != kNames.back()) && text.find(name) != std::string_view::npos;
         });
}

/// All of a file in a format whose loader passes over what we want to know; empty for others. Files are mapped.
std::span<const unsigned char> bytes_to_look_at(const OpenedSource& opened) {
  const std::string_view format = find_row_of_loader(opened.loader)->format.name;
  const bool wanted = format == "tiff" || format == "png" || format == "avif" || format == "heic";
  return wanted ? all_bytes(opened.source.get()) : std::span<const unsigned char>();
}

void choose_page(OpenedSource& opened, std::span<const unsigned char> bytes) {
  if (find_row_of_loader(opened.loader)->format.name != "tiff") return;
  const TiffFacts facts = tiff_facts(bytes);
  opened.options = fmt::format("page={}", facts.page);
  opened.samples = facts.samples;
  opened.n_pages = facts.n_pages;
}

const FormatRow* row_of(const OpenedSource& opened) {
  const char* compression = nullptr;
  if (vips_image_get_typeof(opened.header.get(), "heif-compression") != 0 &&
      vips_image_get_string(opened.header.get(), "heif-compression", &compression) == 0) {
    return find_row(std::strcmp(compression, "av1") == 0 ? "avif" : "heic");
  }
  return find_row_of_loader(opened.loader);
}

void check_pixels(VipsImage* header, std::int64_t max_pixels) {
  const int width = vips_image_get_width(header);
  const int height = vips_image_get_height(header);
  const std::int64_t pixels = std::int64_t{width} * height;
  if (pixels <= max_pixels) return;
  fail(ErrorCode::kOutOfMemory,
       "the image has {} x {} = {} pixels, more than the limit of {}; raise the limit if you trust the file", width,
       height, pixels, max_pixels);
}

}  // namespace

SourcePtr make_source(const EncodedImage& source) {
  VipsSource* made = nullptr;
  if (source.bytes.empty()) {
    check_file(source.path);
    made = vips_source_new_from_file(source.path.c_str());
  } else {
    made = vips_source_new_from_memory(source.bytes.data(), source.bytes.size());
  }
  if (made == nullptr) fail_vips(ErrorCode::kIo, "the image cannot be read");
  return SourcePtr(made);
}

ImagePtr load(const OpenedSource& opened, VipsAccess access, const std::string& options) {
  OperationPtr operation(vips_operation_new(opened.loader.c_str()));
  if (!operation) fail_vips(ErrorCode::kUnsupported, "this libvips cannot read the format");
  g_object_set(operation.get(), "access", access, "fail-on", VIPS_FAIL_ON_ERROR, nullptr);
  if (opened.loader.ends_with("Buffer")) {
    VipsBlob* blob = vips_source_map_blob(opened.source.get());
    if (blob == nullptr) fail_vips(ErrorCode::kIo, "the file cannot be read");
    g_object_set(operation.get(), "buffer", blob, nullptr);
    vips_area_unref(VIPS_AREA(blob));
  } else {
    g_object_set(operation.get(), "source", opened.source.get(), nullptr);
  }
  const bool both = !options.empty() && !opened.options.empty();
  const std::string all = opened.options + (both ? "," : "") + options;
  if (!all.empty() && vips_object_set_from_string(VIPS_OBJECT(operation.get()), all.c_str()) != 0) {
    fail_vips(ErrorCode::kInternal, "the loader does not know its options");
  }
  build(operation, ErrorCode::kCorruptData, "the image is broken or cut short");
  VipsImage* image = nullptr;
  g_object_get(operation.get(), "out", &image, nullptr);
  vips_object_unref_outputs(VIPS_OBJECT(operation.get()));
  return ImagePtr(image);
}

OpenedSource open_source(const EncodedImage& source, std::int64_t max_pixels) {
  return with_name(source.path, [&] {
    OpenedSource opened;
    opened.source = make_source(source);
    refuse_raw_photo(opened.source.get());
    opened.loader = find_loader(opened.source.get());
    const std::span<const unsigned char> bytes = bytes_to_look_at(opened);
    choose_page(opened, bytes);
    opened.gain_map = names_gain_map(opened.source.get());
    opened.header = load(opened, VIPS_ACCESS_SEQUENTIAL, "");
    const ToldColor told = told_color(bytes, opened.header.get());
    opened.profile = told.profile;
    opened.sequence = told.sequence;
    const bool tiff = !opened.options.empty();
    if (!tiff) opened.n_pages = std::max(told.frames, vips_image_get_n_pages(opened.header.get()));
    opened.row = row_of(opened);
    check_pixels(opened.header.get(), max_pixels);
    return opened;
  });
}

}  // namespace genga::image
