// The fields of an image's metadata, and what is taken out of them when people ask for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "image/vips_guard.h"

namespace genga::image {

std::vector<std::string> field_names(VipsImage* image);

/// Takes out where the image was made: EXIF's GPS directory, what XMP and text chunks say of GPS, latitude and
/// longitude, copies of EXIF and XMP in Photoshop's blocks, and the maker's note, which nobody can read.
void remove_places(VipsImage* image);

/// XMP without the properties (attributes or elements) whose names speak of places.
std::string without_places(std::string_view xmp);
/// Photoshop's blocks ("8BIM") without those that repeat EXIF and XMP; the bytes as they are if they are no blocks.
std::string without_copies(std::string_view blocks);

}  // namespace genga::image
