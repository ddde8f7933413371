// What to save as, and the call into a libvips saver.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "image/formats/format_table.h"
#include "image/vips_guard.h"

namespace genga::image {

/// What to save as. Made by choose_encoding(), which refuses everything that can be refused before any work.
struct Encoding {
  const FormatRow* row = nullptr;
  int bands = 3;
  int bits = 8;
  std::string options;  // of the saver, as libvips spells them
};

/// path: its suffix decides when options.format is empty. Throws Error: kInvalidArgument, kUnsupported.
Encoding choose_encoding(const std::filesystem::path& path, const Info& info, const WriteOptions& options);

/// Pull the whole of image through the saver. Throw Error: kIo and whatever the image's source recorded in libvips.
void encode_file(VipsImage* image, const Encoding& encoding, const std::filesystem::path& path);
std::vector<std::byte> encode_memory(VipsImage* image, const Encoding& encoding);

}  // namespace genga::image
