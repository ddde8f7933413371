// libxml2's tree of a page or of a piece of HTML.
#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>

namespace genga::fetch {

using HtmlDocument = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

/// Broken HTML is read as far as it can be; null if nothing is left. name: what the error calls it.
/// Throws Error: kCorruptData (more attributes of one tag, or more names of tags and attributes, than anybody writes;
/// libxml2 needs the square of their number).
HtmlDocument parse_html(std::string_view html, const std::string& name);

}  // namespace genga::fetch
