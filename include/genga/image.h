// Image files: decoding, encoding, resizing, through libvips (the only module that sees it).
//
// Whole images:  Image im = read_image(EncodedImage{"a.jpg"});  write_image("b.png", im);
// Any size, flat memory:  RowReader r(EncodedImage{"a.jpg"}, {});  RowWriter w("b.png", r.info(), r.metadata(), {});
//                         loop { r.read(rows); ...; w.write(rows); }  w.finish();
// Rules for all of them: EXIF orientation is applied, an embedded ICC profile or CMYK/Lab/grey is converted to sRGB,
// alpha is kept apart, animated images give their first frame (RowReader::info().pages says how many there are).
// Images above max_pixels are refused before decoding. Throws Error: kNotFound, kIo, kUnsupported (format),
// kCorruptData (truncated or broken), kOutOfMemory (above the cap); every message names the file.
// Threads: objects belong to one thread at a time; free functions are thread-safe. Call init() once at program start.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace genga::image {

/// Starts libvips (some 30 ms); a second call does nothing. Nothing else here works before it. threads: those that
/// decode and encode, 0 = as many as cores.
void init(int threads = 0);

struct Format {
  std::string_view name;                       // "jpeg"
  std::span<const std::string_view> suffixes;  // {".jpg", ".jpeg"}; the first is used for new files
  std::string_view mime;
  bool can_write;       // this libvips can write it
  bool alpha;           // keeps transparency
  bool sixteen_bit;     // keeps 16 bits per channel
  bool animation;       // can hold several frames
  int default_quality;  // 0: lossless or no such setting
};
/// All formats Genga knows, in order of the README's table; can_write and readability are asked of libvips at init().
std::span<const Format> formats();
/// By suffix of a path (case-insensitive) or bare name ("png", "jpg"); null if unknown.
const Format* find_format(std::string_view suffix_or_name);
bool looks_like_image(const std::filesystem::path& path);  // by suffix only

/// An image as a codec wrote it: a file, or its bytes in memory (a pipe, an upload). The bytes must outlive the reader.
struct EncodedImage {
  std::filesystem::path path;          // for messages too: "-" for standard input
  std::span<const std::byte> bytes{};  // used instead of the file when not empty
};

enum class Fit { kCover, kContain, kStretch };  // for WxH: fill and crop; fit inside; ignore the aspect

/// What Fit::kCover keeps: the part around a point, 0, 0 is left top and 1, 1 right bottom; or what draws the eye, as
/// libvips finds it (the image is decoded once more for that, small).
struct Crop {
  double x = 0.5, y = 0.5;
  bool attention = false;
};

/// Wanted size. width and height: exactly WxH according to fit; only long_side: scaled so that the longer side is it.
struct TargetSize {
  int width = 0, height = 0;
  int long_side = 0;
  Fit fit = Fit::kCover;
  Crop crop{};
  bool wanted() const { return width > 0 || long_side > 0; }
};

inline constexpr std::int64_t kDefaultMaxPixels = 1'000'000'000;

struct ReadOptions {
  std::int64_t max_pixels = kDefaultMaxPixels;
  TargetSize size{};  // resized while reading (shrink-on-load where the format can)
  bool check_damage =
      true;  // read_image() refuses what find_damage() finds; it costs a decode at an eighth of the size
};

struct Info {
  int width = 0, height = 0;  // after orientation and resizing
  bool alpha = false;
  int bits = 8;          // 8 or 16 per channel in the file
  std::string format{};  // "jpeg"
  int pages = 1;
  int orientation = 1;               // of EXIF, by which the rows were turned
  std::vector<std::string> notes{};  // what of the file is not in the rows; each follows the file's name in a sentence
  // Before Fit::kCover cut it: the size, and where in it the image lies. 0: not known.
  int whole_width = 0, whole_height = 0, left = 0, top = 0;
};

/// Opaque: EXIF, XMP, IPTC, resolution of a source, for the copy.
class Metadata;
using MetadataPtr = std::shared_ptr<const Metadata>;

/// Damaged JPEGs give what could be decoded: see find_damage().
/// Rows from top to bottom as u16 (8-bit samples times 257), interleaved RGB or RGBA.
class RowReader {
 public:
  RowReader(const EncodedImage& source, const ReadOptions& options);
  RowReader(RowReader&&) noexcept;
  ~RowReader();
  const Info& info() const;
  int channels() const;  // 3 or 4
  MetadataPtr metadata() const;
  /// Begins to decode on a thread of its own, at most some 16 MiB ahead of read(), which otherwise begins it.
  void begin();
  /// Fills dst with its next dst.size() / (width*channels) rows. Requires: they exist.
  void read(std::span<std::uint16_t> dst);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct WriteOptions {
  std::string format{};   // name or suffix; empty: from the path
  int quality = 0;        // 1..100; 0: the format's default. 100 means lossless where the format has it (WebP, JXL)
  bool metadata = true;   // carry EXIF etc.
  bool places = true;     // carry GPS and the like too
  std::string comment{};  // style and attribution, stored where the format has a place for it; empty: none
  // Above 1: an animation, where the format can. What is written is so many frames of one height, each below the one
  // before; each is shown for frame_ms (GIF: in steps of 10 ms). It begins again at the end.
  int frames = 1;
  int frame_ms = 40;
};

/// Throws Error: kInvalidArgument, kUnsupported if an image of that size cannot be written so, as RowWriter would; but
/// before any work.
void check_writable(const std::filesystem::path& path, const Info& info, const WriteOptions& options);

/// The line that a WriteOptions::comment of Genga left in an image ("Stylised by Genga, style ..."); empty: none.
/// Reads the header only. Throws Error as RowReader does.
std::string read_credit(const EncodedImage& source);

/// Writes an image row by row. The file appears when finish() returns; otherwise nothing is left.
class RowWriter {
 public:
  /// bits 16 is kept only where the format can; alpha is flattened on white where the format has none.
  RowWriter(const std::filesystem::path& path, const Info& info, MetadataPtr metadata, const WriteOptions& options);
  /// To memory: options.format is required; finish() then take_bytes().
  RowWriter(const Info& info, MetadataPtr metadata, const WriteOptions& options);
  RowWriter(RowWriter&&) noexcept;
  ~RowWriter();
  void write(std::span<const std::uint16_t> rows);
  void finish();
  std::vector<std::byte> take_bytes();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A small whole image: u8, interleaved RGB, sRGB.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb{};
};
/// What is wrong with the data of an image that can be read all the same: "premature end of data segment" and the like,
/// where the decoder fills in grey or shifts what follows. Empty if it is whole. Only JPEGs may be damaged so; other
/// formats' damage is an Error when their rows are read. Decodes once, at an eighth of the size.
std::string find_damage(const EncodedImage& source);
/// Throws Error also if find_damage() finds any: kCorruptData.
Image read_image(const EncodedImage& source, const ReadOptions& options = {});
void write_image(const std::filesystem::path& path, const Image& image, const WriteOptions& options = {});
/// The bytes of the file that write_image() would write. options.format is required. Throws Error: kUnsupported,
/// kInvalidArgument.
std::vector<std::byte> encode(const Image& image, const WriteOptions& options);
Image resize(const Image& image, int width, int height);  // Lanczos-3
Image resize(const Image& image, const TargetSize& size);
/// What a comparison of two images of one height is: both and the gap between them.
Info side_by_side(const Info& left, const Info& right);
/// Joins two images of one height side by side (before | after) with a thin white gap, streaming, to a file.
void write_side_by_side(const EncodedImage& left, const EncodedImage& right, const ReadOptions& left_options,
                        const std::filesystem::path& path, const WriteOptions& options);

/// Grey mask of exactly width x height, 0..1, stretched to that size, feathered by a Gaussian of feather_px; rows
/// streamed. Where a mask has transparent parts, its alpha is the mask. One whose sides are those of the photo before
/// it was turned (photo_orientation 5 to 8) is turned as the photo was.
class MaskReader {
 public:
  MaskReader(const EncodedImage& source, int width, int height, double feather_px,
             std::int64_t max_pixels = kDefaultMaxPixels, int photo_orientation = 1);
  MaskReader(MaskReader&&) noexcept;
  /// Only the part of that width from there on is read, as a photo was cropped. Before the first read().
  void crop(int left, int top, int crop_width);
  ~MaskReader();
  const std::vector<std::string>& notes() const;  // what was done with the mask; each follows its name in a sentence
  void read(std::span<float> dst);                // next dst.size()/width rows

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genga::image
