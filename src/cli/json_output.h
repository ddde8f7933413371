// --json: one document on stdout, with stable keys and a "schema" field, whatever happens.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "genga/error.h"

namespace genga::cli {

using Json = nlohmann::ordered_json;

/// {"code": "not_found", "message": "..."}
Json to_json(const Error& error);

/// Pretty-printed with a line end; bytes that are not UTF-8 (file names) become U+FFFD.
void print_json(const Json& document);

/// Runs `work`. If it throws Error and `json` is set, {"schema", "error"} is printed before the error goes on to main.
int with_json_errors(bool json, const std::string& schema, const std::function<int()>& work);

}  // namespace genga::cli
