// Text cut at a separator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace genga::train {

/// The parts between separators; empty ones are left out.
inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

}  // namespace genga::train
