// Numbers, words and sizes as options take them.
#include "cli/checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr int kMaxSide = 1'000'000;

}  // namespace

CLI::Validator accepts(std::function<void(const std::string&)> parse) {
  return CLI::Validator(
      [parse = std::move(parse)](std::string& text) {
        try {
          parse(text);
          return std::string();
        } catch (const Error& error) {
          return std::string(error.what());
        }
      },
      "");
}

CLI::Validator number_in(double low, double high) {
  return accepts([=](const std::string& text) {
    const auto value = parse_number<double>(text);
    if (value && *value >= low && *value <= high) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a number from {} to {}", text, low, high);
  });
}

CLI::Validator integer_in(std::int64_t low, std::int64_t high) {
  return accepts([=](const std::string& text) {
    const auto value = parse_number<std::int64_t>(text);
    if (value && *value >= low && *value <= high) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a whole number from {} to {}", text, low, high);
  });
}

CLI::Validator one_of(std::initializer_list<std::string_view> words) {
  const std::vector<std::string> known(words.begin(), words.end());
  return accepts([=](const std::string& text) {
    if (std::find(known.begin(), known.end(), text) != known.end()) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected one of {}{}", text, fmt::join(known, ", "),
         did_you_mean(text, known));
  });
}

CLI::Validator size_text() {
  return accepts([](const std::string& text) { parse_size(text); });
}

CLI::Validator memory_text() {
  return accepts([](const std::string& text) {
    if (parse_bytes(text) <= 0) fail(ErrorCode::kInvalidArgument, "is '{}', expected more than nothing", text);
  });
}

CLI::Validator count_text() {
  return accepts([](const std::string& text) { parse_count(text); });
}

image::TargetSize parse_size(std::string_view text) {
  const auto side = [](std::string_view part) {
    const auto value = parse_number<int>(part);
    return value && *value >= 1 && *value <= kMaxSide ? *value : 0;
  };
  image::TargetSize size;
  const auto cross = text.find_first_of("xX");
  if (cross == std::string_view::npos) {
    size.long_side = side(text);
  } else {
    size.width = side(text.substr(0, cross));
    size.height = side(text.substr(cross + 1));
    if (size.height == 0) size.width = 0;
  }
  if (!size.wanted()) {
    fail(ErrorCode::kInvalidArgument,
         "is '{}', expected WIDTHxHEIGHT or the long side in pixels, like 1920x1080 or 1024", text);
  }
  return size;
}

std::int64_t parse_count(std::string_view text) {
  std::int64_t factor = 1;
  std::string_view digits = text;
  for (const auto& [letter, value] : {std::pair{'K', 1000LL}, {'M', 1'000'000LL}, {'G', 1'000'000'000LL}}) {
    if (text.empty() || (text.back() & ~0x20) != letter) continue;
    factor = value;
    digits.remove_suffix(1);
  }
  const auto count = parse_number<double>(digits);
  if (!count || !(*count > 0) || *count * static_cast<double>(factor) > 1e15) {
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a number of pixels like 500000000 or 500M", text);
  }
  return static_cast<std::int64_t>(*count * static_cast<double>(factor));
}

}  // namespace genga::cli
