// A file of a wiki, as imageinfo with extmetadata describes it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// page: with title, pageid and imageinfo[0]. Exactly one of the two lists of `listing` grows.
void add_commons_file(const nlohmann::json& page, Listing& listing);

}  // namespace genga::fetch
