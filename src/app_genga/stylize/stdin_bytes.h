// An image from standard input.
#pragma once

#include <cstddef>
#include <vector>

namespace genga::cli {

/// Standard input to its end. Throws Error: kInvalidArgument (a terminal), kCorruptData (empty), kOutOfMemory (above
/// 4 GiB), kIo, kCancelled (Ctrl-C while waiting).
std::vector<std::byte> read_stdin();

}  // namespace genga::cli
