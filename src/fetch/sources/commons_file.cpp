// Turns a file's imageinfo into a candidate with licence, author and credit.
#include "fetch/sources/commons_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fetch/formats/html_text.h"
#include "fetch/http/url.h"
#include "fetch/sources/api.h"
#include "genga/dataset.h"
#include "genga/image.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestCredit = 400;  // some pages put their history into the field for the author

/// {"Artist": {"value": "<a href=...>A. Painter</a>"}} -> "A. Painter"
std::string words_of(const Json& metadata, const char* key) {
  const auto it = metadata.find(key);
  if (it == metadata.end() || !it->is_object()) return {};
  std::string text = html_to_text(text_field(*it, "value"));
  if (text.size() > kLongestCredit) {
    text.resize(kLongestCredit);
    while ((static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();  // a cut letter
    if ((static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
    text += "...";
  }
  return text;
}

/// Address, short name and template of the licence may disagree in spelling; the first that is known counts.
void read_licence(const Json& metadata, ImageCandidate& candidate) {
  candidate.licence_url = words_of(metadata, "LicenseUrl");
  for (const char* key : {"LicenseUrl", "License", "LicenseShortName", "UsageTerms"}) {
    const std::string words = words_of(metadata, key);
    const dataset::Licence* licence = words.empty() ? nullptr : dataset::find_licence(words);
    if (licence == nullptr) continue;
    candidate.licence = licence->id;
    if (candidate.licence_url.empty()) candidate.licence_url = licence->url;
    return;
  }
  candidate.licence = words_of(metadata, "LicenseShortName");
  if (candidate.licence.empty()) candidate.licence = words_of(metadata, "UsageTerms");
}

/// The words that the author asks for, or author, title and licence as Commons' own "Use this file" puts them.
std::string credit_of(const Json& metadata, const ImageCandidate& candidate, const std::string& uploader) {
  const std::string asked = words_of(metadata, "Attribution");
  const std::string licence = words_of(metadata, "LicenseShortName");
  std::string credit = asked;
  if (credit.empty()) credit = candidate.author;
  if (credit.empty()) credit = words_of(metadata, "Credit");
  if (credit.empty() && !uploader.empty()) credit = "uploaded by " + uploader;
  if (asked.empty()) credit += fmt::format("{}\"{}\"", credit.empty() ? "" : ", ", candidate.title);
  if (!licence.empty()) credit += ", " + licence;
  if (!candidate.licence_url.empty() && licence != "Public domain")
    credit += fmt::format(" <{}>", candidate.licence_url);
  return credit + ", via Wikimedia Commons";
}

std::string title_of(const Json& metadata, std::string name) {
  const std::string title = words_of(metadata, "ObjectName");
  if (!title.empty()) return title;
  if (const auto colon = name.find(':'); colon != std::string::npos) name.erase(0, colon + 1);
  if (const auto dot = name.rfind('.'); dot != std::string::npos && dot > 0) name.resize(dot);
  return name;
}

std::vector<std::string> categories_of(const Json& metadata) {
  std::vector<std::string> categories;
  const std::string joined = words_of(metadata, "Categories");
  for (std::size_t begin = 0; begin < joined.size();) {
    const std::size_t end = std::min(joined.find('|', begin), joined.size());
    if (end > begin) categories.push_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
  return categories;
}

}  // namespace

void add_commons_file(const Json& page, Listing& listing) {
  const std::string name = text_field(page, "title");
  const Json& info = page.at("imageinfo").at(0);
  const std::string mime = text_field(info, "mime");
  const auto formats = image::formats();
  if (std::ranges::find(formats, mime, &image::Format::mime) == formats.end()) {
    listing.passed_over.push_back({name, fmt::format("is no bitmap image that Genga reads ({})", mime)});
    return;
  }
  if (!is_http(text_field(info, "url"))) {  // a path would be read from this machine
    listing.passed_over.push_back({name, "is hidden by the wiki"});
    return;
  }
  const auto found = info.find("extmetadata");
  const Json metadata = found != info.end() && found->is_object() ? *found : Json::object();
  ImageCandidate candidate{.url = text_field(info, "url"),
                           .name = fmt::format("commons_{}", number_field(page, "pageid")),
                           .page = text_field(info, "descriptionurl"),
                           .author = words_of(metadata, "Artist"),
                           .title = title_of(metadata, name),
                           .tags = categories_of(metadata),
                           .sha1 = text_field(info, "sha1"),
                           .width = side_field(info, "width"),
                           .height = side_field(info, "height")};
  const int copy_width = side_field(info, "thumbwidth");
  if (copy_width > 0 && copy_width < candidate.width && is_http(text_field(info, "thumburl"))) {
    candidate.url = text_field(info, "thumburl");
    candidate.width = copy_width;
    candidate.height = side_field(info, "thumbheight");
    candidate.sha1.clear();  // it is the original's
  }
  read_licence(metadata, candidate);
  candidate.attribution = credit_of(metadata, candidate, text_field(info, "user"));
  listing.candidates.push_back(std::move(candidate));
}

}  // namespace genga::fetch
