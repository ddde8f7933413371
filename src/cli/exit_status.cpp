// The exit status of a command that works on several items.
#include "cli/exit_status.h"

#include <algorithm>

namespace genga::cli {

int batch_status(std::size_t n_items, std::span<const Error> errors) {
  if (errors.empty()) return 0;
  const bool cancelled = std::any_of(errors.begin(), errors.end(),
                                     [](const Error& error) { return error.code() == ErrorCode::kCancelled; });
  if (cancelled) return exit_status(ErrorCode::kCancelled);
  if (n_items == 1) return exit_status(errors.front().code());
  return errors.size() == n_items ? kAllFailed : kSomeFailed;
}

}  // namespace genga::cli
