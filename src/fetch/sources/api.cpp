// Addresses, answers and fields of JSON APIs.
#include "fetch/sources/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 32;

/// The beginning of an answer, on one line, for an error message.
std::string first_words(std::string_view body) {
  std::string words;
  for (const char c : body.substr(0, 60)) words += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return to_utf8(words);
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

std::string api_address(std::string_view base, std::string_view path, const Parameters& parameters) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string address = fmt::format("{}{}", base, path);
  char joint = '?';
  for (const auto& [key, value] : parameters) {
    address += fmt::format("{}{}={}", joint, percent_encode(key), percent_encode(value));
    joint = '&';
  }
  return address;
}

Json parse_foreign(std::string_view text) {
  const auto keep = [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; };
  return Json::parse(text, keep, false);
}

Json parse_answer(const std::string& body, std::string_view address) {
  Json answer = parse_foreign(body);
  if (answer.is_discarded()) {
    const auto begin = std::find_if_not(body.begin(), body.end(), [](unsigned char c) { return std::isspace(c) != 0; });
    const char* what = begin == body.end() ? "nothing" : *begin == '<' ? "a web page" : "other text";
    fail(ErrorCode::kCorruptData, "{}: answered with {} ('{}') where JSON was expected; is this the address of an API?",
         shown_url(address), what, first_words(body));
  }
  return answer;
}

std::string text_field(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || it->is_null()) return {};
  if (it->is_string()) return it->get<std::string>();
  return it->is_number() || it->is_boolean() ? it->dump() : std::string{};
}

std::int64_t number_field(const Json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return 0;
  if (it->is_number_integer()) return it->get<std::int64_t>();
  if (it->is_number_float()) {
    const double value = it->get<double>();
    return std::abs(value) < 9e15 ? static_cast<std::int64_t>(value) : 0;
  }
  if (!it->is_string()) return 0;
  const auto& text = it->get_ref<const std::string&>();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool flag_field(const Json& object, const char* key) {
  const std::string text = text_field(object, key);
  return text == "true" || text == "1";
}

int side_field(const Json& object, const char* key) {
  const std::int64_t side = number_field(object, key);
  return side > 0 && side < 1'000'000 ? static_cast<int>(side) : 0;
}

std::vector<std::string> split_words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace genga::fetch
