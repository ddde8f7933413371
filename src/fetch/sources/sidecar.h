// What lies beside an image and speaks of it: JSON as gallery-dl, Danbooru and img2dataset write it, captions as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "fetch/sources/source.h"

namespace genga::fetch {

/// Fills what is still empty: author, licence, licence_url, attribution, page, title, tags. Hashes are not taken: they
/// are those of the file that was once downloaded.
void add_sidecar(const nlohmann::json& sidecar, Candidate& candidate);

/// "1girl, hat, sea" are tags; a sentence is a title.
void add_caption(std::string_view text, Candidate& candidate);

}  // namespace genga::fetch
