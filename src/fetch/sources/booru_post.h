// A post as the three kinds of boards give it, brought to one form.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fetch/sources/booru.h"

namespace genga::fetch {

struct BooruPost {
  std::int64_t id = 0;
  std::string file_url{}, md5{}, source{}, artist{}, tags{};
  std::optional<Rating> rating{};
  int width = 0, height = 0;
  std::int64_t score = 0;
  std::string withheld{};  // why there is no file: "is deleted"; empty: there should be one
};

/// The posts of an answer. base: of the board, for addresses that are not whole.
/// Throws Error: kCorruptData (no list of posts), kIo (the board says no).
std::vector<BooruPost> read_booru_posts(BooruDialect dialect, const nlohmann::json& answer, const std::string& base);

}  // namespace genga::fetch
