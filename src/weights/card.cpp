// Licences and credits of several cards as one.
#include "genga/card.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace genga::weights {
namespace {

/// The parts between separators that stand outside of parentheses.
std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth != 0 || !text.substr(i).starts_with(separator)) continue;
    parts.emplace_back(text.substr(begin, i - begin));
    begin = i + separator.size();
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

bool is_choice(const std::string& licence) {
  return split(licence, " OR ").size() > 1;
}

}  // namespace

void add_new(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& item : more) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
  }
}

std::vector<std::string> licence_parts(const std::string& licence) {
  return is_choice(licence) ? std::vector{licence} : split(licence, " AND ");
}

std::string all_licences(std::span<const std::string> licences) {
  std::vector<std::string> all;
  for (const std::string& licence : licences) {
    if (licence.empty()) return {};
    add_new(all, licence_parts(licence));
  }
  if (all.size() == 1) return all.front();
  for (std::string& item : all) {
    if (is_choice(item)) item = fmt::format("({})", item);
  }
  return fmt::format("{}", fmt::join(all, " AND "));
}

std::string all_credits(std::span<const std::string> credits) {
  std::vector<std::string> all;
  for (const std::string& credit : credits) {
    if (!credit.empty()) add_new(all, split(credit, "; "));
  }
  return fmt::format("{}", fmt::join(all, "; "));
}

}  // namespace genga::weights
