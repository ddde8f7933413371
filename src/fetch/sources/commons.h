// Wikimedia Commons (and other wikis of its kind with --api): a category with its subcategories, a search, or files by
// name, through MediaWiki's action API. Every image comes with licence, author and the credit that its licence asks
// for, as the file's page states them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/sources/source.h"

namespace genga::fetch {

struct CommonsQuery {
  std::string api{};       // ".../w/api.php"
  std::string category{};  // "Category:Ukiyo-e"; one of these three
  std::string search{};
  std::vector<std::string> titles{};  // "File:The Great Wave.jpg"
  int depth = 0;                      // of subcategories; 0: none
  int width = 0;                      // px: a copy at least so wide is fetched, if the image is wider; 0: the original
};

/// What follows "commons:": "Category:...", "File:A.jpg|File:B.png" or words to search for.
CommonsQuery parse_commons_argument(const std::string& words);

/// The address of a page. cursor: the position as a JSON text (categories still to be listed, the wiki's own
/// continuation), or "" for the beginning.
std::string commons_address(const CommonsQuery& query, const std::string& cursor);
/// Throws Error: kCorruptData; kIo (the wiki reports an error, in its own words); kBusy (the wiki is
/// overloaded and asks to wait).
Listing parse_commons_page(const CommonsQuery& query, const std::string& cursor, const std::string& body);

bool is_commons(const std::string& argument);
/// Throws Error: kInvalidArgument.
std::unique_ptr<ImageSource> open_commons(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
