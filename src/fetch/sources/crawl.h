// Images of web pages: from a start page along its links, breadth first.
#pragma once

#include <memory>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

bool is_crawl(const std::string& argument);
/// Pages of the start page's host only, unless options.span_hosts; at most options.depth links away and
/// options.max_pages of them. rel=next does not count as a link away. robots.txt and robots meta tags are obeyed.
/// The cursor holds the pages still to visit and hashes of those known.
std::unique_ptr<ImageSource> open_crawl(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
