// Text for people out of bits of HTML, as wikis and boards put into their fields.
#pragma once

#include <string>

namespace genga::fetch {

/// Without elements, entities resolved, hidden parts left out, white space run together. Text without '<' and '&'
/// stays as it is, but for white space at its ends.
std::string html_to_text(const std::string& html);

}  // namespace genga::fetch
