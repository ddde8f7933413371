// Files beside an image that describe it: JSON as gallery-dl, Danbooru and img2dataset write it, captions as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// Fills what is still empty: author, licence, licence_url, attribution, page, title, tags. Hashes are not taken,
/// because they are those of the file that was downloaded then.
void add_sidecar(const nlohmann::json& sidecar, ImageCandidate& candidate);

/// "1girl, hat, sea" are tags; a sentence is a title.
void add_caption(std::string_view text, ImageCandidate& candidate);

}  // namespace genga::fetch
