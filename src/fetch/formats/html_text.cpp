// Extracts text by libxml2's HTML parser.
#include "fetch/formats/html_text.h"

#include <libxml/tree.h>

#include <string_view>

#include "fetch/formats/html_document.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

std::string_view name_of(const xmlNode* node) {
  return reinterpret_cast<const char*>(node->name);
}

bool is_hidden(xmlNode* node) {
  const std::string_view name = name_of(node);
  if (name == "style" || name == "script") return true;
  xmlChar* style = xmlGetProp(node, reinterpret_cast<const xmlChar*>("style"));
  if (style == nullptr) return false;
  std::string text = reinterpret_cast<const char*>(style);
  xmlFree(style);
  std::erase(text, ' ');
  return text.find("display:none") != std::string::npos;
}

bool is_block(std::string_view name) {
  return name == "br" || name == "p" || name == "div" || name == "li" || name == "td" || name == "tr";
}

void collect(xmlNode* node, std::string& text) {
  for (; node != nullptr; node = node->next) {
    if (node->type == XML_TEXT_NODE) {
      text += reinterpret_cast<const char*>(node->content);
    } else if (node->type == XML_ELEMENT_NODE && !is_hidden(node)) {
      if (is_block(name_of(node))) text += ' ';
      collect(node->children, text);
      if (is_block(name_of(node))) text += ' ';
    }
  }
}

std::string collapse_space(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (!result.empty() && result.back() != ' ') result += ' ';
    } else {
      result += c;
    }
  }
  if (result.ends_with(' ')) result.pop_back();
  return result;
}

}  // namespace

std::string html_to_text(const std::string& html) {
  if (html.find_first_of("<&") == std::string::npos) return std::string(trimmed(html));
  const std::string page = "<html><body><div>" + html + "</div></body></html>";
  const HtmlDocument document = parse_html(page, "an image's description");
  if (document == nullptr) return std::string(trimmed(html));
  std::string text;
  collect(xmlDocGetRootElement(document.get()), text);
  return collapse_space(text);
}

}  // namespace genga::fetch
