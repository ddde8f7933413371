// What to save as (format, depth, options of the saver), and the call into libvips' saver.
#include "image/encoder.h"

#include <algorithm>
#include <string>

#include "image/open_source.h"

namespace genga::image {
namespace {

const FormatRow& choose_row(const std::filesystem::path& path, const WriteOptions& options) {
  const std::string wanted = options.format.empty() ? path.extension().string() : options.format;
  const FormatRow* row = find_row(wanted);
  if (row == nullptr) {
    fail(ErrorCode::kUnsupported, "'{}' is no image format that Genga can write; one of {} was expected", wanted,
         format_names(true));
  }
  if (!row->format.can_write) {
    fail(ErrorCode::kUnsupported, "{} images can be read but not written here; write one of {} instead",
         row->format.name, format_names(true));
  }
  return *row;
}

void check_animation(const FormatRow& row, const Info& info, const WriteOptions& options) {
  if (!row.format.animation) {
    fail(ErrorCode::kUnsupported, "{} holds no animations; write gif or webp instead", row.format.name);
  }
  if (info.height % options.frames != 0 || options.frame_ms < 1) {
    fail(ErrorCode::kInvalidArgument, "{} frames of {} ms in {} rows: frames of one height and time were expected",
         options.frames, options.frame_ms, info.height);
  }
  if (info.height > VIPS_MAX_COORD) {
    fail(ErrorCode::kUnsupported, "an animation of {} frames of {} rows is too long for libvips ({} rows in all)",
         options.frames, info.height / options.frames, VIPS_MAX_COORD);
  }
}

OperationPtr make_saver(VipsImage* image, const Encoding& encoding, std::string_view suffix) {
  const std::string name = std::string(encoding.row->saver) + std::string(suffix);
  OperationPtr operation(vips_operation_new(name.c_str()));
  if (!operation) fail_vips(ErrorCode::kUnsupported, "this libvips cannot write the format");
  g_object_set(operation.get(), "in", image, nullptr);
  if (!encoding.options.empty() &&
      vips_object_set_from_string(VIPS_OBJECT(operation.get()), encoding.options.c_str()) != 0) {
    fail_vips(ErrorCode::kInternal, "the saver does not know its options");
  }
  return operation;
}

constexpr std::string_view kFailed = "the image could not be written";

}  // namespace

Encoding choose_encoding(const std::filesystem::path& path, const Info& info, const WriteOptions& options) {
  const FormatRow& row = choose_row(path, options);
  if (options.quality < 0 || options.quality > 100) {
    fail(ErrorCode::kInvalidArgument, "quality {}: 1 to 100 was expected, or 0 for the format's default",
         options.quality);
  }
  if (info.width < 1 || info.height < 1) {
    fail(ErrorCode::kInvalidArgument, "an image of {} x {} pixels cannot be written", info.width, info.height);
  }
  if (options.frames > 1) check_animation(row, info, options);
  const int frame_height = info.height / std::max(options.frames, 1);
  if (row.max_side > 0 && std::max(info.width, frame_height) > row.max_side) {
    fail(ErrorCode::kUnsupported,
         "{} x {} pixels are more than {} can hold ({} a side); write png, tiff or jxl instead", info.width,
         frame_height, row.format.name, row.max_side);
  }
  Encoding encoding{.row = &row,
                    .bands = info.alpha && row.format.alpha ? 4 : 3,
                    .bits = info.bits == 16 && row.format.sixteen_bit ? 16 : 8,
                    .options = ""};
  encoding.options = row.save_options(options.quality == 0 ? row.format.default_quality : options.quality, info);
  if (!options.metadata && options.comment.empty())
    encoding.options += encoding.options.empty() ? "strip=true" : ",strip=true";
  return encoding;
}

void check_writable(const std::filesystem::path& path, const Info& info, const WriteOptions& options) {
  with_name(path, [&] { return choose_encoding(path, info, options); });
}

void encode_file(VipsImage* image, const Encoding& encoding, const std::filesystem::path& path) {
  OperationPtr operation = make_saver(image, encoding, "");
  g_object_set(operation.get(), "filename", path.c_str(), nullptr);
  try {
    build(operation, ErrorCode::kIo, kFailed);
  } catch (const Error& error) {
    // The message names the temporary file, which means nothing to the user.
    std::string message = error.what();
    const std::string name = path.string() + ": ";
    if (const auto at = message.find(name); at != std::string::npos) message.erase(at, name.size());
    throw Error(error.code(), message);
  }
  vips_object_unref_outputs(VIPS_OBJECT(operation.get()));
}

std::vector<std::byte> encode_memory(VipsImage* image, const Encoding& encoding) {
  OperationPtr operation = make_saver(image, encoding, "_buffer");
  build(operation, ErrorCode::kIo, kFailed);
  VipsBlob* blob = nullptr;
  g_object_get(operation.get(), "buffer", &blob, nullptr);
  vips_object_unref_outputs(VIPS_OBJECT(operation.get()));
  std::size_t size = 0;
  const auto* data = static_cast<const std::byte*>(vips_blob_get(blob, &size));
  std::vector<std::byte> bytes(data, data + size);
  vips_area_unref(VIPS_AREA(blob));
  return bytes;
}

}  // namespace genga::image
