// Opens a file or bytes as a libvips image of which only the header has been read.
#pragma once

#include <string>
#include <string_view>

#include "image/color/color.h"
#include "image/formats/format_table.h"
#include "image/vips_guard.h"

namespace genga::image {

/// An image whose format is known; load() may be called several times.
struct OpenedSource {
  SourcePtr source;
  const FormatRow* row = nullptr;
  std::string loader;   // libvips class name
  std::string options;  // of the loader: which page
  ImagePtr header;      // size, profile and metadata; no pixel decoded
  SampleMeaning samples{};
  int n_pages = 1;
  std::string profile{};  // that takes the place of a missing ICC profile; empty: none
  bool sequence = false;  // more images, nobody says how many
  bool gain_map = false;  // the file says so outside of XMP
};

/// Throws Error: kNotFound, kIo, kUnsupported, kCorruptData, kOutOfMemory (above max_pixels); messages name the source.
OpenedSource open_source(const EncodedImage& source, std::int64_t max_pixels);

/// Only the bytes: nothing of them is read. Throws Error: kNotFound, kIo, kInvalidArgument, kCorruptData (empty).
SourcePtr make_source(const EncodedImage& source);

/// The image, decoded when its pixels are asked for. options: of the loader as libvips spells them, e.g. "shrink=2".
ImagePtr load(const OpenedSource& opened, VipsAccess access, const std::string& options);

/// Runs work and adds the source's name to the message of any Error.
template <class Work>
auto with_name(const std::filesystem::path& path, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    const std::string name = fmt::format("'{}'", path.string());
    if (std::string_view(error.what()).starts_with(name)) throw;  // another module has named it already
    throw error.with_context(name);
  }
}

}  // namespace genga::image
