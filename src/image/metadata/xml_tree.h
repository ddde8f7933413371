// A small XML document as a tree, for XMP.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genga::image {

struct XmlNode {
  std::string name{};  // with its prefix; empty: text, or what is no element (<?...?>, comments), as it is written
  std::string text{};
  std::vector<std::pair<std::string, std::string>> attributes{};
  std::vector<XmlNode> children{};
};

/// The parts of the document in order, beside the root element those around it; none if it is not well-formed XML in
/// UTF-8, or nested deeper than any XMP is.
std::optional<std::vector<XmlNode>> parse_xml(std::string_view xml);
std::string to_xml(const std::vector<XmlNode>& nodes);

}  // namespace genga::image
