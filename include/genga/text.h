// Text: ASCII case, white space, UTF-8, base64, HTML. UTF-8 and base64 are GLib's.
// All functions are thread-safe; none depends on the locale.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace genga {

/// What HTML and HTTP take for white space.
inline constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

/// A-Z become a-z; all other bytes, those of UTF-8 too, stay.
std::string to_lower(std::string_view text);
/// Without white space at both ends.
std::string_view trimmed(std::string_view text);

bool is_utf8(std::string_view text);
/// The same with U+FFFD for every byte that is not part of a valid sequence. NUL is valid.
std::string to_utf8(std::string_view text);

/// RFC 4648, section 4: with padding, without line breaks.
std::string base64(std::span<const std::byte> bytes);

/// For HTML text and attributes in double quotes: & < > " become entities.
std::string escape_html(std::string_view text);

}  // namespace genga
