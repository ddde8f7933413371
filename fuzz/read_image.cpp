// Any bytes give rows of an image, and a JPEG, PNG, WebP or TIFF with what metadata may be carried over, a mask and
// the credit in them, or an Error each.
#include <algorithm>
#include <array>
#include <vector>

#include "genga/error.h"
#include "genga/image.h"
#include "require.h"

namespace {

using namespace genga;

constexpr std::int64_t kMaxPixels = 1 << 18;  // larger ones only cost time

void convert(std::span<const std::byte> bytes, const image::ReadOptions& options, std::string_view format) {
  image::RowReader reader({.path = "input", .bytes = bytes}, options);
  const image::Info& info = reader.info();
  fuzz::require(info.width > 0 && info.height > 0 && std::int64_t{info.width} * info.height <= kMaxPixels,
                "an image has pixels, and no more than allowed");
  image::RowWriter writer(info, reader.metadata(), {.format = std::string(format), .comment = "credit"});
  std::vector<std::uint16_t> row(static_cast<std::size_t>(info.width) * static_cast<std::size_t>(reader.channels()));
  for (int y = 0; y < info.height; ++y) {
    reader.read(row);
    writer.write(row);
  }
  writer.finish();
  const std::vector<std::byte> written = writer.take_bytes();
  const image::RowReader again({.path = "written", .bytes = written}, {});
  fuzz::require(again.info().width == info.width && again.info().height == info.height, "what is written is read");
}

void read_mask(std::span<const std::byte> bytes) {
  constexpr int kWidth = 9, kHeight = 7;
  image::MaskReader mask({.path = "mask", .bytes = bytes}, kWidth, kHeight, 1.5, kMaxPixels);
  std::array<float, kWidth * kHeight> values{};
  mask.read(values);
  for (const float value : values) fuzz::require(value >= 0 && value <= 1, "a mask's values are 0 to 1");
}

/// Each by itself: that one is refused must not hide the others.
template <class Question>
void ask(Question question) {
  try {
    question();
  } catch (const Error& error) {
    fuzz::require(error.code() != ErrorCode::kInternal && error.code() != ErrorCode::kInvalidArgument,
                  "bytes that are no image are not the caller's mistake nor ours");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  image::init(1);
  constexpr std::array<std::string_view, 4> kFormats{"jpeg", "png", "webp", "tiff"};
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  ask([&] { image::read_credit({.path = "input", .bytes = bytes}); });
  // Of what takes long, one by the number of bytes.
  const std::size_t question = size % 4;
  if (question < 2) {
    ask([&] { convert(bytes, {.max_pixels = kMaxPixels}, kFormats[size / 4 % kFormats.size()]); });
  } else if (question == 2) {
    ask([&] { convert(bytes, {.max_pixels = kMaxPixels, .size = {.width = 9, .height = 7}}, "jpeg"); });
  } else {
    ask([&] { read_mask(bytes); });
  }
  return 0;
}
