// Hands HTML to libxml2 piece by piece, and stops when there are too many attributes.
#include "fetch/formats/html_document.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <cstring>

#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

constexpr int kMaxAttributes = 350;  // of one tag; people write dozens
constexpr int kMaxNames = 20000;     // of a page's elements and attributes, each once; people use hundreds

/// What is left of the text, and who reads it.
struct Reading {
  std::string_view left;
  xmlParserCtxt* parser;

  bool is_flooded() const {
    // Of the tag with the most attributes: two pointers each, and room that grows by doubling.
    return parser->maxatts > 2 * (kMaxAttributes + 4) || xmlDictSize(parser->dict) > kMaxNames;
  }
};

int read_some(void* context, char* bytes, int n_bytes) {
  auto& reading = *static_cast<Reading*>(context);
  if (reading.is_flooded()) return 0;
  const std::size_t n = std::min(reading.left.size(), static_cast<std::size_t>(n_bytes));
  std::memcpy(bytes, reading.left.data(), n);
  reading.left.remove_prefix(n);
  return static_cast<int>(n);
}

/// Text that can only be UTF-8 is. Else null: libxml2 looks for what the page says, and guesses.
const char* encoding_of(std::string_view html) {
  const bool is_ascii = std::ranges::all_of(html, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !is_ascii && is_utf8(html) ? "UTF-8" : nullptr;
}

}  // namespace

HtmlDocument parse_html(std::string_view html, const std::string& name) {
  constexpr int kOptions =
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT;
  const std::unique_ptr<xmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser(htmlNewParserCtxt(), &htmlFreeParserCtxt);
  if (parser == nullptr) fail(ErrorCode::kOutOfMemory, "'{}': no memory to read HTML", name);
  Reading reading{html, parser.get()};
  HtmlDocument document(
      htmlCtxtReadIO(parser.get(), &read_some, nullptr, &reading, nullptr, encoding_of(html), kOptions), &xmlFreeDoc);
  if (reading.is_flooded()) {
    fail(ErrorCode::kCorruptData, "'{}': the HTML is broken: a tag of more than {} attributes, or more than {} names",
         name, kMaxAttributes, kMaxNames);
  }
  return document;
}

}  // namespace genga::fetch
