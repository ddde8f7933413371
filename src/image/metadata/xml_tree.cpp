// XML by GLib's parser.
#include "image/metadata/xml_tree.h"

#include <fmt/format.h>
#include <glib.h>

namespace genga::image {
namespace {

constexpr std::size_t kMaxDepth = 100;

struct Builder {
  std::vector<XmlNode> open{XmlNode{}};  // from the document down to the element being read
};

/// white_space: that readers would make a space or a line end, unless it is escaped.
std::string escaped(std::string_view text, std::string_view white_space) {
  const std::unique_ptr<char, decltype(&g_free)> made(
      g_markup_escape_text(text.data(), static_cast<gssize>(text.size())), &g_free);
  std::string result;
  for (const char c : std::string_view(made.get())) {
    result += white_space.find(c) == std::string_view::npos ? std::string(1, c) : fmt::format("&#{};", int{c});
  }
  return result;
}

// Callbacks of GLib, which is C; only memory that runs out could throw, which ends the program there.
void begin_element(GMarkupParseContext*, const char* name, const char** names, const char** values, void* self,
                   GError** error) noexcept {
  auto* builder = static_cast<Builder*>(self);
  if (builder->open.size() > kMaxDepth) {
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
    return;
  }
  XmlNode node{.name = name};
  for (; *names != nullptr; ++names, ++values) node.attributes.emplace_back(*names, *values);
  builder->open.push_back(std::move(node));
}

void end_element(GMarkupParseContext*, const char*, void* self, GError**) noexcept {
  auto* builder = static_cast<Builder*>(self);
  XmlNode node = std::move(builder->open.back());
  builder->open.pop_back();
  builder->open.back().children.push_back(std::move(node));
}

void add_text(GMarkupParseContext*, const char* text, gsize size, void* self, GError**) noexcept {
  if (size > 0) static_cast<Builder*>(self)->open.back().children.push_back({.text = escaped({text, size}, "\r")});
}

void add_other(GMarkupParseContext*, const char* text, gsize size, void* self, GError**) noexcept {
  static_cast<Builder*>(self)->open.back().children.push_back({.text = std::string(text, size)});
}

void write(const XmlNode& node, std::string& xml) {
  if (node.name.empty()) {
    xml += node.text;
    return;
  }
  xml += '<' + node.name;
  for (const auto& [name, value] : node.attributes) xml += ' ' + name + "=\"" + escaped(value, "\t\n\r") + '"';
  if (node.children.empty()) {
    xml += "/>";
    return;
  }
  xml += '>';
  for (const XmlNode& child : node.children) write(child, xml);
  xml += "</" + node.name + '>';
}

}  // namespace

std::optional<std::vector<XmlNode>> parse_xml(std::string_view xml) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (xml.starts_with(kByteOrderMark)) xml.remove_prefix(kByteOrderMark.size());
  while (!xml.empty() && xml.back() == '\0') xml.remove_suffix(1);
  if (xml.empty()) return std::nullopt;
  Builder builder;
  const GMarkupParser parser{begin_element, end_element, add_text, add_other, nullptr};
  const std::unique_ptr<GMarkupParseContext, decltype(&g_markup_parse_context_free)> context(
      g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &builder, nullptr),
      &g_markup_parse_context_free);
  if (g_markup_parse_context_parse(context.get(), xml.data(), static_cast<gssize>(xml.size()), nullptr) == FALSE ||
      g_markup_parse_context_end_parse(context.get(), nullptr) == FALSE) {
    return std::nullopt;
  }
  return std::move(builder.open.front().children);
}

std::string to_xml(const std::vector<XmlNode>& nodes) {
  std::string xml;
  for (const XmlNode& node : nodes) write(node, xml);
  return xml;
}

}  // namespace genga::image
