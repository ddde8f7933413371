// Exit statuses that do not come from one error: usage, and several items of which some failed. A single error's status
// is exit_status() in genga/error.h.
#pragma once

#include <cstddef>
#include <span>

#include "genga/error.h"

namespace genga::cli {

inline constexpr int kAllFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kSomeFailed = 3;

/// 0 all well, 130 interrupted, 3 some failed; 1 all failed, or the error's own status if there was only one item.
int batch_status(std::size_t n_items, std::span<const Error> errors);

}  // namespace genga::cli
