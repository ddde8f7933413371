// The table of image formats, and libvips' start: which loaders may run, which of its modules are loaded.
#include <dlfcn.h>
#include <fmt/format.h>
#include <gmodule.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <mutex>

#include "genga/text.h"
#include "image/encoder.h"
#include "image/formats/format_table.h"
#include "image/vips_guard.h"

namespace genga::image {
namespace {

using Suffixes = std::span<const std::string_view>;
constexpr std::array<std::string_view, 4> kJpegSuffixes{".jpg", ".jpeg", ".jpe", ".jfif"};
constexpr std::array<std::string_view, 1> kPngSuffixes{".png"};
constexpr std::array<std::string_view, 1> kWebpSuffixes{".webp"};
constexpr std::array<std::string_view, 1> kAvifSuffixes{".avif"};
constexpr std::array<std::string_view, 2> kHeicSuffixes{".heic", ".heif"};
constexpr std::array<std::string_view, 1> kJxlSuffixes{".jxl"};
constexpr std::array<std::string_view, 2> kTiffSuffixes{".tif", ".tiff"};
constexpr std::array<std::string_view, 1> kGifSuffixes{".gif"};
constexpr std::array<std::string_view, 1> kBmpSuffixes{".bmp"};
constexpr std::array<std::string_view, 4> kPpmSuffixes{".ppm", ".pgm", ".pbm", ".pnm"};

// Huffman optimization and progressive scans would buffer the whole image, so they stay off: memory must be flat.
std::string jpeg_options(int quality, const Info&) {
  return fmt::format("Q={},subsample-mode={}", quality, quality >= 90 ? "off" : "on");
}
std::string png_options(int, const Info&) {
  return "compression=6,filter=all";
}
std::string webp_options(int quality, const Info&) {
  return quality == 100 ? "lossless=true" : fmt::format("Q={},smart-subsample=true", quality);
}
// Full chroma, because drawn images consist of color edges. libheif's lossless mode is not lossless for RGB.
std::string avif_options(int quality, const Info&) {
  return fmt::format("Q={},compression=av1,bitdepth=8,subsample-mode=off", quality);
}
// Subsampled below 90: phones decode HEIC in hardware, and most of that hardware has 4:2:0 only.
std::string heic_options(int quality, const Info&) {
  return fmt::format("Q={},compression=hevc,bitdepth=8,subsample-mode={}", quality, quality >= 90 ? "off" : "on");
}
std::string jxl_options(int quality, const Info&) {
  return quality == 100 ? "lossless=true,effort=5" : fmt::format("Q={},effort=5", quality);
}
std::string tiff_options(int, const Info& info) {
  const std::int64_t bytes = std::int64_t{info.width} * info.height * (info.alpha ? 4 : 3) * (info.bits / 8);
  const bool big = bytes > (std::int64_t{3} << 30);  // classic TIFF ends at 4 GiB
  return fmt::format("compression=deflate,predictor=horizontal,bigtiff={}", big);
}
std::string plain_options(int, const Info&) {
  return "";
}

constexpr std::string_view kHeifModule = "vips-heif";

// Order of the README's table. can_write is asked of libvips by init(), or when the row's module is loaded.
std::array<FormatRow, 10> rows{{
    {{"jpeg", kJpegSuffixes, "image/jpeg", false, false, false, false, 92},
     "VipsForeignLoadJpeg",
     "jpegsave",
     65500,
     jpeg_options},
    {{"png", kPngSuffixes, "image/png", false, true, true, false, 0}, "VipsForeignLoadPng", "pngsave", 0, png_options},
    {{"webp", kWebpSuffixes, "image/webp", false, true, false, true, 90},
     "VipsForeignLoadWebp",
     "webpsave",
     16383,
     webp_options},
    {{"avif", kAvifSuffixes, "image/avif", false, true, false, false, 65},
     "VipsForeignLoadHeif",
     "heifsave",
     16384,
     avif_options,
     kHeifModule},
    {{"heic", kHeicSuffixes, "image/heic", false, true, false, false, 60},
     "VipsForeignLoadHeif",
     "heifsave",
     16384,
     heic_options,
     kHeifModule},
    {{"jxl", kJxlSuffixes, "image/jxl", false, true, true, false, 90},
     "VipsForeignLoadJxl",
     "jxlsave",
     0,
     jxl_options,
     "vips-jxl"},
    {{"tiff", kTiffSuffixes, "image/tiff", false, true, true, false, 0},
     "VipsForeignLoadTiff",
     "tiffsave",
     0,
     tiff_options},
    {{"gif", kGifSuffixes, "image/gif", false, true, false, true, 0},
     "VipsForeignLoadNsgif",
     "gifsave",
     65535,
     plain_options},
    {{"bmp", kBmpSuffixes, "image/bmp", false, false, false, false, 0},
     "VipsForeignLoadMagick",
     "",
     0,
     plain_options,
     "vips-magick"},
    {{"ppm", kPpmSuffixes, "image/x-portable-pixmap", false, false, true, false, 0},
     "VipsForeignLoadPpm",
     "",
     0,
     plain_options},
}};

void drop_message(const gchar*, GLogLevelFlags, const gchar*, gpointer) noexcept {}

void ask_if_writable(FormatRow& row) {
  row.format.can_write = !row.saver.empty() && vips_type_find("VipsForeignSave", std::string(row.saver).c_str()) != 0 &&
                         vips_foreign_find_save(row.format.suffixes.front().data()) != nullptr;
  vips_error_clear();
}

/// Whether libheif has an encoder for the row: they are plugins, which Debian 13 only recommends, and libvips finds out
/// when it encodes. So a small image is encoded: some 15 ms.
bool has_encoder(const FormatRow& row) {
  const Info info{.width = 16, .height = 16};
  try {
    const ImagePtr black = make_image("cannot make an image", [&](VipsImage** dst) {
      return vips_black(dst, info.width, info.height, "bands", 3, nullptr);
    });
    const ImagePtr srgb = make_image("cannot make an image", [&](VipsImage** dst) {
      return vips_copy(black.get(), dst, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
    });
    const std::string options = row.save_options(row.format.default_quality, info);
    return !encode_memory(srgb.get(), {.row = &row, .bands = 3, .bits = 8, .options = options}).empty();
  } catch (const Error&) {
    return false;
  }
}

/// Starts libvips without its modules, which it would look for below VIPSHOME: most images need none, and those for PDF
/// and slides load dozens of libraries.
void init_vips() {
  constexpr const char* kHome = "VIPSHOME";
  const bool ours = g_getenv(kHome) == nullptr;
  if (ours) g_setenv(kHome, "/nonexistent", TRUE);
  const int failed = vips_init("genga");
  if (ours) g_unsetenv(kHome);
  if (failed != 0) fail_vips(ErrorCode::kInternal, "libvips does not start");
}

std::atomic<bool> started{false}, modules_wanted{false};

void open_module(std::string_view name) {
  Dl_info where{};
  if (dladdr(reinterpret_cast<void*>(&vips_init), &where) == 0) return;
  const std::string path =
      fmt::format("{}/vips-modules-{}.{}/{}.so", std::filesystem::path(where.dli_fname).parent_path().string(),
                  vips_version(0), vips_version(1), name);
  // If it is not there, the format is built in or unknown to this libvips.
  if (GModule* module = g_module_open(path.c_str(), G_MODULE_BIND_LAZY)) g_module_make_resident(module);
}

void start_vips(int threads) {
  // Warnings of decoders are not printed; what matters comes back as an Error.
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION),
                    drop_message, nullptr);
  init_vips();
  vips_concurrency_set(threads);
  // Cached operations would keep files open and answer with the old image after a file has changed.
  vips_cache_set_max(0);
  // Only the loaders of the table may ever see a stranger's bytes: no PDF, SVG, slides, CSV or raw dumps.
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const FormatRow& row : rows) vips_operation_block_set(row.loader.data(), FALSE);
  for (FormatRow& row : rows) ask_if_writable(row);
  started = true;
  if (modules_wanted) load_modules();
}

}  // namespace

void load_modules() {
  modules_wanted = true;
  if (!started) return;  // start_vips() will
  static std::once_flag once;
  std::call_once(once, [] {
    std::string_view last;
    for (FormatRow& row : rows) {
      if (row.module.empty()) continue;
      if (row.module != last) open_module(row.module);
      last = row.module;
      ask_if_writable(row);
      if (row.module == kHeifModule) row.format.can_write = row.format.can_write && has_encoder(row);
    }
  });
}

void init(int threads) {
  static std::once_flag once;
  std::call_once(once, [threads] { start_vips(threads); });
}

std::span<const Format> formats() {
  static std::vector<Format> list;
  static std::once_flag once;
  std::call_once(once, [] {
    init();
    load_modules();
    for (const FormatRow& row : rows) list.push_back(row.format);
  });
  return list;
}

const FormatRow* find_row(std::string_view suffix_or_name) {
  const std::string wanted = to_lower(suffix_or_name);
  const auto names = [&](const FormatRow& row) {
    const auto is_wanted = [&](std::string_view suffix) { return wanted == suffix || wanted == suffix.substr(1); };
    return wanted == row.format.name || std::ranges::any_of(row.format.suffixes, is_wanted);
  };
  const auto row = std::ranges::find_if(rows, names);
  if (row == rows.end()) return nullptr;
  if (!row->module.empty()) load_modules();
  return &*row;
}

const FormatRow* find_row_of_loader(std::string_view loader_class) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const FormatRow& candidate) { return loader_class.starts_with(candidate.loader); });
  return row == rows.end() ? nullptr : &*row;
}

const Format* find_format(std::string_view suffix_or_name) {
  const std::size_t dot = suffix_or_name.rfind('.');
  const FormatRow* row = find_row(dot == std::string_view::npos ? suffix_or_name : suffix_or_name.substr(dot));
  return row == nullptr ? nullptr : &row->format;
}

bool looks_like_image(const std::filesystem::path& path) {
  return path.has_extension() && find_row(path.extension().string()) != nullptr;
}

std::string format_names(bool writable_only) {
  load_modules();
  std::vector<std::string_view> names;
  for (const FormatRow& row : rows) {
    if (!writable_only || row.format.can_write) names.push_back(row.format.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace genga::image
