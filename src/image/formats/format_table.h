// The only table of image formats: the public part (Format) and the libvips operations that read and write it.
#pragma once

#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::image {

struct FormatRow {
  Format format;
  std::string_view loader;  // prefix of the libvips loader class, "VipsForeignLoadJpeg"
  std::string_view saver;   // nickname of the libvips saver, "jpegsave"; empty: Genga does not write it
  int max_side;             // longest side the format can hold; 0: more than libvips can
  /// Options of the saver as libvips spells them; quality is 1..100.
  std::string (*save_options)(int quality, const Info& info);
  std::string_view module = {};  // of libvips that holds both, "vips-heif"; empty: libvips itself
};

/// The row whose loader made an image; null if Genga does not read what this loader reads (PDF, SVG, CSV, ...).
/// HEIC and AVIF share a loader; the header tells them apart, see open_source.cpp.
const FormatRow* find_row_of_loader(std::string_view loader_class);
const FormatRow* find_row(std::string_view suffix_or_name);
/// Loads the modules of all rows, if that has not been done: libvips would take 15 ms for them at every start.
void load_modules();
/// "jpeg, png, ..." for messages; only writable ones if asked.
std::string format_names(bool writable_only);

}  // namespace genga::image
