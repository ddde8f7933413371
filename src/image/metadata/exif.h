// EXIF as bytes: what shows the unchanged photo is cut out, the rest stays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace genga::image {

/// The EXIF block without what shows or describes the photo's file: thumbnails, previews, maker notes (which hold
/// previews, at places that no longer fit), how its samples lay; none if it is broken. With or without "Exif\0\0"
/// before it. same_pixels: the image is neither turned nor resized, so that the subject is where it was.
std::optional<std::vector<unsigned char>> clean_exif(std::span<const unsigned char> exif, bool same_pixels);

/// Whether clean_exif() leaves what libvips calls so, "exif-ifd0-Make": it writes entries that it has a field of.
bool is_true_of_copy(std::string_view field);

/// Whether a text tag of the main (0) or the Exif (2) directory says nothing: absent, or blank behind its character
/// set.
bool is_blank_exif_text(std::span<const unsigned char> exif, int directory, std::uint16_t tag);

/// A number in the Exif directory (2), or the text of the interoperability directory's index (4); none if absent.
std::optional<std::uint64_t> exif_number(std::span<const unsigned char> exif, std::uint16_t tag);
std::string_view exif_interoperability(std::span<const unsigned char> exif);

inline constexpr std::uint16_t kExifDescription = 0x010e, kExifUserComment = 0x9286, kExifColorSpace = 0xa001;

}  // namespace genga::image
