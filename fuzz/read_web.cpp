// What servers send, by the first byte: a page, its robots.txt, an address, a list as CSV, an answer of each kind of
// picture API. Any bytes give a result or an Error; addresses found are absolute.
#include <array>

#include "fetch/formats/csv.h"
#include "fetch/formats/html_page.h"
#include "fetch/formats/html_text.h"
#include "fetch/http/robots.h"
#include "fetch/http/url.h"
#include "fetch/sources/booru.h"
#include "fetch/sources/commons.h"
#include "fetch/sources/openverse.h"
#include "genga/error.h"
#include "require.h"

namespace {

using namespace genga;
using namespace genga::fetch;

const Url& base() {
  static const Url url = parse_url("https://example.org/gallery/page.html?a=1");
  return url;
}

void read_html(const std::string& text) {
  const PageContent page = read_page(text, base());
  for (const PageImage& image : page.images) fuzz::require(is_http(image.url), "an image's address is absolute");
  for (const std::string& link : page.links) fuzz::require(is_http(link), "a link is absolute");
  html_to_text(text);
  double width = 0;
  largest_of_srcset(text, width);
}

void read_robots(const std::string& text) {
  const RobotsRules rules = parse_robots(text, "genga");
  rules.allows("/gallery/page.html?a=1");
  rules.allows(text);
}

void read_address(const std::string& text) {
  shown_url(text);
  percent_decode(text);
  const Url url = resolve(base(), text);
  fuzz::require(parse_url(url.text).text == url.text, "a normalized address stays as it is");
}

void read_csv(const std::string& text) {
  parse_csv(text);
}

void read_booru(std::string_view board, const std::string& text) {
  const BooruSite* site = find_booru_site(board);
  fuzz::require(site != nullptr, "the board is known");
  parse_booru_page({.site = site, .base = std::string(site->base), .tags = "sky"}, "", text);
}

void read_commons(const std::string& text) {
  parse_commons_page({.api = "https://example.org/w/api.php", .search = "sky"}, "", text);
}

void read_openverse(const std::string& text) {
  parse_openverse_page("https://example.org", "", text);
}

using Reader = void (*)(const std::string&);
constexpr std::array<Reader, 9> kReaders{
    read_html,
    read_robots,
    read_address,
    read_csv,
    [](const std::string& text) { read_booru("danbooru", text); },
    [](const std::string& text) { read_booru("gelbooru", text); },
    [](const std::string& text) { read_booru("konachan", text); },
    read_commons,
    read_openverse,
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    kReaders[(data[0] - '0') % kReaders.size()](text);
  } catch (const Error& error) {
    fuzz::require(error.code() != ErrorCode::kInternal, "what a server sends is not our mistake");
  }
  return 0;
}
