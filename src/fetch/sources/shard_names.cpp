// Finds the archives that an argument means: ranges and lists in braces, wildcards.
#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "fetch/sources/shards.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 11> kSuffixes{".tar",  ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.bz2",
                                                     ".tbz2", ".tar.xz", ".txz", ".zip",     ".cbz"};
constexpr std::size_t kMaxShards = 100'000;

/// "000..010": numbers of so many digits; nothing if it is no range.
std::optional<std::vector<std::string>> range_of(std::string_view body) {
  const auto dots = body.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view begin = body.substr(0, dots), end = body.substr(dots + 2);
  std::int64_t first = 0, last = 0;
  const auto number = [](std::string_view text, std::int64_t& value) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && text.size() < 10 && text.front() != '-' && result.ec == std::errc{} &&
           result.ptr == text.data() + text.size();
  };
  if (!number(begin, first) || !number(end, last) || last < first) return std::nullopt;
  if (static_cast<std::size_t>(last - first) >= kMaxShards) {
    fail(ErrorCode::kInvalidArgument, "'{{{}}}': means more than {} archives", body, kMaxShards);
  }
  std::vector<std::string> words;
  for (std::int64_t i = first; i <= last; ++i) words.push_back(fmt::format("{:0{}}", i, begin.size()));
  return words;
}

std::optional<std::vector<std::string>> list_of(std::string_view body) {
  if (body.find(',') == std::string_view::npos) return std::nullopt;
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= body.size();) {
    const std::size_t end = std::min(body.find(',', begin), body.size());
    words.emplace_back(body.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// What the shell would make of '*', '?' and '['; the argument itself if nothing fits.
std::vector<std::string> match(const std::string& pattern) {
  std::error_code ignored;
  if (pattern.find_first_of("*?[") == std::string::npos || fs::exists(pattern, ignored)) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (paths.empty()) fail(ErrorCode::kNotFound, "archive '{}': no file is called so", pattern);
  return paths;
}

}  // namespace

bool is_shards(const std::string& argument) {
  const std::string name = to_lower(argument);
  return argument.find("://") == std::string::npos &&
         std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

std::vector<std::string> expand_braces(const std::string& pattern) {
  const auto open = pattern.find('{');
  const auto close = open == std::string::npos ? open : pattern.find('}', open);
  if (close == std::string::npos) return {pattern};
  const std::string_view body = std::string_view(pattern).substr(open + 1, close - open - 1);
  auto words = range_of(body);
  if (!words) words = list_of(body);
  if (!words)
    words =
        std::vector<std::string>{fmt::format("{{{}}}", body)};  // not a range or a list: the braces belong to the name
  const std::vector<std::string> ends = expand_braces(pattern.substr(close + 1));
  std::vector<std::string> names;
  for (const std::string& word : *words) {
    for (const std::string& end : ends) names.push_back(pattern.substr(0, open) + word + end);
    if (names.size() > kMaxShards) {
      fail(ErrorCode::kInvalidArgument, "'{}': means more than {} archives", pattern, kMaxShards);
    }
  }
  return names;
}

std::vector<fs::path> find_shards(const std::string& argument) {
  std::vector<fs::path> paths;
  std::error_code ignored;
  const auto patterns = fs::exists(argument, ignored) ? std::vector<std::string>{argument} : expand_braces(argument);
  for (const std::string& pattern : patterns) {
    for (const std::string& path : match(pattern)) {
      if (!is_utf8(path)) {
        fail(ErrorCode::kInvalidArgument, "archive '{}': has a name that is no UTF-8; rename it", to_utf8(path));
      }
      if (!fs::exists(path, ignored)) fail(ErrorCode::kNotFound, "archive '{}': does not exist", path);
      paths.push_back(fs::absolute(path).lexically_normal());
    }
  }
  return paths;
}

}  // namespace genga::fetch
