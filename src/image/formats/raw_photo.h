// Raw photographs of cameras, which libvips reads as TIFF: it would give their small preview.
#pragma once

#include <span>
#include <string_view>

namespace genga::image {

/// "DNG", "Canon", "Nikon" or the like if the bytes are a camera's raw photograph; else empty.
std::string_view raw_photo_kind(std::span<const unsigned char> bytes);

}  // namespace genga::image
