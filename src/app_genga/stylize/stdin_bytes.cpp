// Reading a pipe to its end.
#include "app_genga/stylize/stdin_bytes.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "cli/interrupt.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 32;
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr int kPollMs = 200;  // how soon Ctrl-C is noticed while nothing comes

}  // namespace

std::vector<std::byte> read_stdin() {
  if (::isatty(STDIN_FILENO) == 1) {
    fail(ErrorCode::kInvalidArgument,
         "input '-' is a terminal; pipe an image in, as in: cat a.jpg | genga -i - -o b.png");
  }
  std::vector<std::byte> bytes;
  std::size_t size = 0;
  while (true) {
    interrupted().check();
    pollfd poll_fd{STDIN_FILENO, POLLIN, 0};
    if (::poll(&poll_fd, 1, kPollMs) <= 0) continue;  // nothing yet, or a signal
    bytes.resize(size + kChunk);
    const ssize_t n = ::read(STDIN_FILENO, bytes.data() + size, kChunk);
    if (n == 0) break;
    if (n < 0 && errno != EINTR) fail(ErrorCode::kIo, "standard input: {}", std::strerror(errno));
    if (n > 0) size += static_cast<std::size_t>(n);
    if (size > kMaxBytes) fail(ErrorCode::kOutOfMemory, "standard input is larger than 4 GiB; give the file by name");
  }
  bytes.resize(size);
  if (bytes.empty()) fail(ErrorCode::kCorruptData, "standard input is empty, expected an image");
  return bytes;
}

}  // namespace genga::cli
