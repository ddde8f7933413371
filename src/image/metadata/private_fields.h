// What is taken out of an image's metadata when people ask for it.
#pragma once

#include <string>
#include <string_view>

#include "image/vips_guard.h"

namespace genga::image {

/// Takes out where the image was made: EXIF's GPS directory; GPS, latitude, longitude and names of places in XMP, IPTC
/// and text chunks; and the maker's note, which nobody can read. What people wrote in captions stays.
void remove_places(VipsImage* image);

/// XMP without the properties (attributes or elements) whose names speak of places. Empty if the packet is broken.
std::string without_places(std::string_view xmp);

}  // namespace genga::image
