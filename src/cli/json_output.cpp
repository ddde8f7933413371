// JSON documents on stdout.
#include "cli/json_output.h"

#include "cli/terminal.h"

namespace genga::cli {

Json to_json(const Error& error) {
  return {{"code", error_name(error.code())}, {"message", error.what()}};
}

void print_json(const Json& document) {
  write_stdout(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

int with_json_errors(bool json, const std::string& schema, const std::function<int()>& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (json) print_json({{"schema", schema}, {"error", to_json(error)}});
    throw;
  }
}

}  // namespace genga::cli
