// XMP packets: what is not true of an image made of the photo is taken out or set right, the rest stays.
#pragma once

#include <string>
#include <string_view>

namespace genga::image {

/// How the photo's pixels became the image's.
struct Geometry {
  int photo_width = 0, photo_height = 0;  // upright
  int width = 0, height = 0;
  bool turned = false;   // by EXIF's orientation
  bool cropped = false;  // a part of the photo is not in the image

  bool is_same() const { return !turned && !cropped && width == photo_width && height == photo_height; }
};

/// Without thumbnails, gain maps, depth maps, the videos of motion photos, and what speaks of them; orientation, sizes
/// and color space are the image's; panoramas' pixel numbers are scaled, or left out of what was cropped or turned.
/// Empty if the packet is broken, since it cannot be known what is in it.
std::string clean_xmp(std::string_view packet, const Geometry& geometry);

/// What the packet says is in the file beside the photo: "HDR gain map", "video"; empty: nothing.
std::string xmp_companion(std::string_view packet);

}  // namespace genga::image
