// The table of error codes: names for JSON output, exit statuses.
#include "genga/error.h"

#include <array>

namespace genga {
namespace {

struct Row {
  ErrorCode code;
  std::string_view name;
  int exit_status;
};

// stored: names appear in JSON output; do not rename
constexpr std::array kTable = {
    Row{ErrorCode::kInvalidArgument, "invalid_argument", 2},
    Row{ErrorCode::kNotFound, "not_found", 1},
    Row{ErrorCode::kUnsupported, "unsupported", 1},
    Row{ErrorCode::kCorruptData, "corrupt_data", 1},
    Row{ErrorCode::kOutOfMemory, "out_of_memory", 1},
    Row{ErrorCode::kBusy, "busy", 1},
    Row{ErrorCode::kCancelled, "cancelled", 130},
    Row{ErrorCode::kIo, "io", 1},
    Row{ErrorCode::kInternal, "internal", 1},
};

const Row& row(ErrorCode code) {
  return kTable.at(static_cast<std::size_t>(code));
}

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].code) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enum());

}  // namespace

std::string_view error_name(ErrorCode code) {
  return row(code).name;
}
int exit_status(ErrorCode code) {
  return row(code).exit_status;
}

}  // namespace genga
