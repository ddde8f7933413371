// Shared by the sources that ask a JSON API: addresses with parameters, answers that may be anything, loosely typed
// fields.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genga/base.h"

namespace genga::fetch {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// base + path + "?a=1&b=2", values percent-encoded.
std::string api_address(std::string_view base, std::string_view path, const Parameters& parameters);

/// Only unreserved characters (RFC 3986) stay as they are.
std::string percent_encode(std::string_view text);

/// Text that others wrote, as JSON. What is nested deeper than any of our formats is left out, because what walks
/// through a value (copying it, too) goes as deep as it does. Discarded if it is no JSON.
nlohmann::json parse_foreign(std::string_view text);

/// Throws Error: kCorruptData (a web page or anything else that is no JSON), naming the address.
nlohmann::json parse_answer(const std::string& body, std::string_view address);

/// Fields as APIs really send them: missing, null, a number as text or text as a number.
std::string text_field(const nlohmann::json& object, const char* key);
std::int64_t number_field(const nlohmann::json& object, const char* key);  // 0 if there is none
bool flag_field(const nlohmann::json& object, const char* key);

/// Pixels of a side; 0 if it is no reasonable number.
int side_field(const nlohmann::json& object, const char* key);

std::vector<std::string> split_words(std::string_view text);

}  // namespace genga::fetch
