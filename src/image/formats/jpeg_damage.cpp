// Decodes a JPEG at an eighth of its size, to hear libjpeg's warnings: libvips counts them, but neither says which they
// are nor looks at the end of the data, where flipped bits show.
#include "image/formats/jpeg_damage.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <vector>

// libjpeg's headers need <cstdio> before them.
#include <jpeglib.h>
// The numbers of its warnings.
#include <jerror.h>

namespace genga::image {
namespace {

// Some phones leave a few bytes behind the last block; after flipped bits far more are left over.
constexpr int kHarmlessExtraBytes = 16;
// Beyond these the file is made to keep decoders busy; libvips refuses it when it reads the rows.
constexpr int kMaxScans = 100, kMaxWarnings = 1000;

struct Decoder {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf gave_up{};
  const unsigned char* begin = nullptr;
  std::array<char, JMSG_LENGTH_MAX> damage{};  // the first one's text
  int n_warnings = 0;

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&info); }
};

// Bytes before a marker that all are the same were filled in on purpose.
bool is_filling(const Decoder& decoder, int n_extra) {
  const unsigned char* end = decoder.info.src->next_input_byte;
  constexpr int kMarkerBytes = 2;
  if (end - decoder.begin < n_extra + kMarkerBytes) return false;
  const unsigned char* first = end - kMarkerBytes - n_extra;
  return std::all_of(first, first + n_extra, [first](unsigned char byte) { return byte == *first; });
}

bool is_damage(const Decoder& decoder) {
  switch (decoder.errors.msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      return true;
    case JWRN_EXTRANEOUS_DATA: {
      const int n_extra = decoder.errors.msg_parm.i[0];
      return n_extra > kHarmlessExtraBytes && decoder.info.output_scanline > 0 && !is_filling(decoder, n_extra);
    }
    default:
      return false;
  }
}

[[noreturn]] void give_up(j_common_ptr info) {
  std::longjmp(static_cast<Decoder*>(info->client_data)->gave_up, 1);
}

void check_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) give_up(info);
}

// Called by libjpeg, which is C: none of these may throw.
void hear(j_common_ptr info, int level) {
  auto* decoder = static_cast<Decoder*>(info->client_data);
  if (level < 0 && ++decoder->n_warnings > kMaxWarnings) give_up(info);
  if (level >= 0 || decoder->damage[0] != '\0' || !is_damage(*decoder)) return;
  info->err->format_message(info, decoder->damage.data());
}

/// Nothing in this frame has a destructor, since libjpeg's errors jump out of it.
bool decode(Decoder& decoder, std::span<const unsigned char> bytes, std::vector<unsigned char>& row) {
  jpeg_decompress_struct& info = decoder.info;
  if (setjmp(decoder.gave_up) != 0) return false;
  jpeg_create_decompress(&info);
  info.progress = &decoder.progress;
  jpeg_mem_src(&info, bytes.data(), bytes.size());
  jpeg_read_header(&info, TRUE);
  info.scale_num = 1;
  info.scale_denom = 8;
  info.do_fancy_upsampling = FALSE;
  jpeg_start_decompress(&info);
  row.resize(std::size_t{info.output_width} * static_cast<std::size_t>(info.output_components));
  JSAMPROW rows[] = {row.data()};
  while (info.output_scanline < info.output_height && decoder.damage[0] == '\0') jpeg_read_scanlines(&info, rows, 1);
  if (decoder.damage[0] == '\0') jpeg_finish_decompress(&info);  // looks at what is left over
  return true;
}

}  // namespace

std::string find_jpeg_damage(std::span<const unsigned char> bytes) {
  const auto decoder = std::make_unique<Decoder>();  // jumped over, so not on the stack
  decoder->info.err = jpeg_std_error(&decoder->errors);
  decoder->info.client_data = decoder.get();
  decoder->errors.emit_message = hear;
  decoder->errors.error_exit = give_up;
  decoder->progress.progress_monitor = check_scans;
  decoder->begin = bytes.data();
  std::vector<unsigned char> row;
  decode(*decoder, bytes, row);
  std::string damage = decoder->damage.data();
  constexpr std::string_view kPrefix = "Corrupt JPEG data: ";
  if (damage.starts_with(kPrefix)) damage.erase(0, kPrefix.size());
  return damage;
}

}  // namespace genga::image
