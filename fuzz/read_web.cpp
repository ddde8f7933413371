// What servers send and archives and lists hold, by the first byte: a page, its robots.txt, an address, a list as CSV,
// an answer of each kind of picture API, lists of addresses, sidecars, captions, media types. Any bytes give a result
// or an Error; addresses found are absolute, names of files are harmless.
#include <array>
#include <nlohmann/json.hpp>

#include "fetch/formats/csv.h"
#include "fetch/formats/html_page.h"
#include "fetch/formats/html_text.h"
#include "fetch/http/media_type.h"
#include "fetch/http/robots.h"
#include "fetch/http/url.h"
#include "fetch/image_name.h"
#include "fetch/sources/api.h"
#include "fetch/sources/booru.h"
#include "fetch/sources/commons.h"
#include "fetch/sources/openverse.h"
#include "fetch/sources/sidecar.h"
#include "fetch/sources/url_list.h"
#include "genga/error.h"
#include "genga/text.h"
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

void check_listing(const Listing& listing) {
  for (const ImageCandidate& candidate : listing.candidates) {
    fuzz::require(is_http(candidate.url), "an image's address is absolute");
    const std::string name = image_name(candidate);
    fuzz::require(!name.empty() && name.size() < 128 && is_utf8(name) && name.find('/') == std::string::npos &&
                      name.front() != '.',
                  "a file's name is harmless");
    fuzz::require(candidate.width >= 0 && candidate.height >= 0, "sides are sizes");
  }
}

void read_booru(std::string_view board, const std::string& text) {
  const BooruSite* site = find_booru_site(board);
  fuzz::require(site != nullptr, "the board is known");
  check_listing(parse_booru_page({.site = site, .base = std::string(site->base), .tags = "sky"}, "", text));
}

void read_commons(const std::string& text) {
  check_listing(parse_commons_page({.api = "https://example.org/w/api.php", .search = "sky"}, "", text));
}

void read_openverse(const std::string& text) {
  check_listing(parse_openverse_page("https://example.org", "", text));
}

void read_beside(const std::string& text) {
  ImageCandidate candidate;
  add_sidecar(parse_foreign(text), candidate);
  add_caption(text, candidate);
  image_name({.url = text});
  image_name({.name = text});
}

void read_type(const std::string& text) {
  const std::string type = media_type(text);
  type_fits("image/", type);
  no_image(text, type);
}

template <UrlList (*kParse)(std::string_view, const std::string&)>
void read_list(const std::string& text) {
  check_listing(kParse(text, "input").listing);
}

using Reader = void (*)(const std::string&);
constexpr std::array<Reader, 15> kReaders{
    read_html,
    read_robots,
    read_address,
    read_csv,
    [](const std::string& text) { read_booru("danbooru", text); },
    [](const std::string& text) { read_booru("gelbooru", text); },
    [](const std::string& text) { read_booru("konachan", text); },
    read_commons,
    read_openverse,
    read_list<parse_text_list>,
    read_list<parse_csv_list>,
    read_list<parse_json_list>,
    read_list<parse_json_lines>,
    read_beside,
    read_type,
};

/// 0 to 9, then a to e, so that seeds can be told by their names.
const Reader& reader_of(std::uint8_t letter) {
  const std::uint8_t first = letter >= 'a' ? 'a' - 10 : '0';
  return kReaders[static_cast<std::uint8_t>(letter - first) % kReaders.size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    reader_of(data[0])(text);
  } catch (const Error& error) {
    fuzz::require(error.code() != ErrorCode::kInternal, "what a server sends is not our mistake");
  }
  return 0;
}
