// Whole images of 8 bits in memory: read, written, encoded, resized, joined. All of it goes through RowReader and
// RowWriter, so orientation, color and the errors are the same as for rows.
#include <algorithm>
#include <cstring>

#include "genga/image.h"
#include "image/formats/jpeg_damage.h"
#include "image/open_source.h"
#include "image/resize.h"
#include "image/samples.h"

namespace genga::image {
namespace {

constexpr std::size_t kRowsAtOnce = 64;

std::size_t rows_in_next_batch(int height, std::size_t done) {
  return std::min(kRowsAtOnce, static_cast<std::size_t>(height) - done);
}

// One row of a source as RGBA, opaque where it has no alpha.
void copy_row(const std::uint16_t* src, int src_channels, std::uint16_t* dst, int dst_channels, int width) {
  for (int x = 0; x < width; ++x, src += src_channels, dst += dst_channels) {
    std::copy_n(src, 3, dst);
    if (dst_channels == 4) dst[3] = src_channels == 4 ? src[3] : std::uint16_t{65535};
  }
}

Info info_of(const Image& image) {
  return {.width = image.width, .height = image.height, .alpha = false, .bits = 8, .format = "", .pages = 1};
}

void write_rows(const Image& image, RowWriter& writer) {
  const std::size_t row = static_cast<std::size_t>(image.width) * 3;
  std::vector<std::uint16_t> rows;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); y += kRowsAtOnce) {
    rows.resize(rows_in_next_batch(image.height, y) * row);
    const auto src = image.rgb.begin() + static_cast<std::ptrdiff_t>(y * row);
    std::transform(src, src + static_cast<std::ptrdiff_t>(rows.size()), rows.begin(), widen);
    writer.write(rows);
  }
  writer.finish();
}

}  // namespace

std::string find_damage(const EncodedImage& source) {
  return with_name(source.path, [&] {
    const SourcePtr bytes = make_source(source);
    const unsigned char* magic = vips_source_sniff(bytes.get(), 3);
    if (magic == nullptr || std::memcmp(magic, "\xff\xd8\xff", 3) != 0) return std::string();
    std::size_t size = 0;
    const auto* data = static_cast<const unsigned char*>(vips_source_map(bytes.get(), &size));
    if (data == nullptr) fail_vips(ErrorCode::kIo, "the file cannot be read");
    return find_jpeg_damage({data, size});
  });
}

Image read_image(const EncodedImage& source, const ReadOptions& options) {
  RowReader reader(source, options);
  if (const std::string damage = options.check_damage ? find_damage(source) : ""; !damage.empty()) {
    fail(ErrorCode::kCorruptData,
         "'{}': the image is damaged ({}), a part of it would be grey or shifted; take an undamaged copy",
         source.path.string(), damage);
  }
  const Info& info = reader.info();
  Image image{.width = info.width, .height = info.height, .rgb = {}};
  const std::size_t width = static_cast<std::size_t>(info.width);
  const std::size_t channels = static_cast<std::size_t>(reader.channels());
  image.rgb.resize(width * 3 * static_cast<std::size_t>(info.height));
  std::vector<std::uint16_t> rows;
  auto* dst = image.rgb.data();
  for (std::size_t y = 0; y < static_cast<std::size_t>(info.height); y += kRowsAtOnce) {
    rows.resize(rows_in_next_batch(info.height, y) * width * channels);
    reader.read(rows);
    for (std::size_t i = 0; i < rows.size(); i += channels) {
      for (std::size_t c = 0; c < 3; ++c) {
        *dst++ = narrow(channels == 4 ? over_white(rows[i + c], rows[i + 3]) : rows[i + c]);
      }
    }
  }
  return image;
}

void write_image(const std::filesystem::path& path, const Image& image, const WriteOptions& options) {
  RowWriter writer(path, info_of(image), nullptr, options);
  write_rows(image, writer);
}

std::vector<std::byte> encode(const Image& image, const WriteOptions& options) {
  RowWriter writer(info_of(image), nullptr, options);
  write_rows(image, writer);
  return writer.take_bytes();
}

Image resize(const Image& image, int width, int height) {
  return resize(image, {.width = width, .height = height, .long_side = 0, .fit = Fit::kStretch});
}

Image resize(const Image& image, const TargetSize& size) {
  if (image.width < 1 || image.height < 1 || !size.wanted()) {
    fail(ErrorCode::kInvalidArgument, "cannot resize an image of {} x {} pixels to {} x {}", image.width, image.height,
         size.width, size.height);
  }
  const ImagePtr memory(
      vips_image_new_from_memory(image.rgb.data(), image.rgb.size(), image.width, image.height, 3, VIPS_FORMAT_UCHAR));
  if (!memory) fail_vips(ErrorCode::kInvalidArgument, "cannot resize");
  const ImagePtr resized = apply_resize(memory.get(), plan_resize(image.width, image.height, size));
  std::size_t n_bytes = 0;
  const std::unique_ptr<void, decltype(&g_free)> data(vips_image_write_to_memory(resized.get(), &n_bytes), &g_free);
  if (!data) fail_vips(ErrorCode::kOutOfMemory, "cannot resize");
  const auto* bytes = static_cast<const std::uint8_t*>(data.get());
  return {.width = vips_image_get_width(resized.get()),
          .height = vips_image_get_height(resized.get()),
          .rgb = std::vector<std::uint8_t>(bytes, bytes + n_bytes)};
}

Info side_by_side(const Info& left, const Info& right) {
  const int gap = std::clamp((left.width + right.width) / 200, 2, 32);
  return {.width = left.width + gap + right.width,
          .height = left.height,
          .alpha = left.alpha || right.alpha,
          .bits = std::max(left.bits, right.bits),
          .format = "",
          .pages = 1};
}

void write_side_by_side(const EncodedImage& left, const EncodedImage& right, const ReadOptions& left_options,
                        const std::filesystem::path& path, const WriteOptions& options) {
  RowReader left_reader(left, left_options);
  RowReader right_reader(right, {.max_pixels = left_options.max_pixels, .size = {}});
  const Info& a = left_reader.info();
  const Info& b = right_reader.info();
  if (a.height != b.height) {
    fail(ErrorCode::kInvalidArgument, "{} is {} pixels high and {} is {}; two images of one height were expected",
         left.path.string(), a.height, right.path.string(), b.height);
  }
  const Info info = side_by_side(a, b);
  const int gap = info.width - a.width - b.width;
  const int channels = info.alpha ? 4 : 3;
  RowWriter writer(path, info, left_reader.metadata(), options);
  std::vector<std::uint16_t> row(static_cast<std::size_t>(info.width * channels), std::uint16_t{65535});
  std::vector<std::uint16_t> left_row(static_cast<std::size_t>(a.width * left_reader.channels()));
  std::vector<std::uint16_t> right_row(static_cast<std::size_t>(b.width * right_reader.channels()));
  for (int y = 0; y < info.height; ++y) {
    left_reader.read(left_row);
    right_reader.read(right_row);
    copy_row(left_row.data(), left_reader.channels(), row.data(), channels, a.width);
    copy_row(right_row.data(), right_reader.channels(), row.data() + (a.width + gap) * channels, channels, b.width);
    writer.write(row);
  }
  writer.finish();
}

}  // namespace genga::image
