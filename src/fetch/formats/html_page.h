// What a web page says about images, by libxml2's HTML parser, which also reads broken HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fetch/http/url.h"

namespace genga::fetch {

struct PageImage {
  std::string url{};   // absolute, normalized
  std::string text{};  // alt or title
};

struct PageContent {
  std::vector<PageImage> images{};   // in the page's order, each once
  std::vector<std::string> links{};  // to other pages, each once; not those that ask not to be followed
  std::string next{};                // rel=next; empty: none
  std::string title{}, author{};
  std::string licence{};  // address or words of the one licence that the page names; empty: none, or several
};

/// base: where the page is. Images: the largest of a srcset, lazily loaded ones, images that a thumbnail links to
/// (instead of the thumbnail), og:image. Meta robots "nofollow" and "noimageindex" empty links and images.
/// Throws Error: kCorruptData (html_document.h); other bad HTML is read as far as it can be. Threads: any.
PageContent read_page(std::string_view html, const Url& base);

/// The address with the greatest width or density; empty if there is none.
/// width: set to the greatest width named, 0 if none is.
std::string largest_of_srcset(std::string_view srcset, double& width);

}  // namespace genga::fetch
