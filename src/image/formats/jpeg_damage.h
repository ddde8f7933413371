// What libjpeg warns of while it decodes a JPEG, and libvips passes over.
#pragma once

#include <span>
#include <string>

namespace genga::image {

/// "premature end of data segment" and the like if a part of the picture is lost; empty if it is whole, or if libjpeg
/// gives up (then libvips does too, with an Error). Warnings that leave the picture whole do not count.
std::string find_jpeg_damage(std::span<const unsigned char> bytes);

}  // namespace genga::image
