// Plain text of the HTML fragments that wikis and boards put into their fields.
#pragma once

#include <string>

namespace genga::fetch {

/// Without elements, entities resolved, hidden parts left out, runs of white space made one space. Text without '<' and
/// '&' stays as it is, but for white space at its ends.
/// Throws Error: kCorruptData (html_document.h).
std::string html_to_text(const std::string& html);

}  // namespace genga::fetch
