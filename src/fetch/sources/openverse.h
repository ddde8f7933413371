// Openverse: one search over the openly licensed images of many museums, archives and photo sites.
#pragma once

#include <memory>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// cursor: "" (the first) or "p2" (page 2).
std::string openverse_address(const std::string& api, const std::string& words, const std::string& cursor);
/// Throws Error: kCorruptData.
Listing parse_openverse_page(const std::string& api, const std::string& cursor, const std::string& body);

/// "openverse:mountain lake".
bool is_openverse(const std::string& argument);
/// Throws Error: kInvalidArgument.
std::unique_ptr<ImageSource> open_openverse(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
